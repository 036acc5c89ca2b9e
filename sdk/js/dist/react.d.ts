export * from "./types/src/react";
