export * from "./types/src/live";
