/** The Jumbotron, and its name in HTML. Importing this makes it known to the page. */
import { define } from "./base";
import { JumbotronWidget } from "./jumbotron";

define("coliseum-jumbotron", JumbotronWidget);

export { JumbotronWidget } from "./jumbotron";
export { addTexts, type Texts } from "./text";
