export * from "./types/src/client";
