export * from "./types/src/widgets/jumbotron_define";
