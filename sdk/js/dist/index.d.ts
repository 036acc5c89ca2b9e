export * from "./types/src/index";
