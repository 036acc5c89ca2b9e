export * from "./types/src/widgets/index";
