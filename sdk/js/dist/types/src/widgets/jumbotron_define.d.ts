export { JumbotronWidget } from "./jumbotron";
export { addTexts, type Texts } from "./text";
