/** The widgets, and their names in HTML. Importing this makes them known to the page. */
import { define } from "./base";
import { CounterWidget } from "./counter";
import { LeaderboardWidget } from "./leaderboard";

define("coliseum-leaderboard", LeaderboardWidget);
define("coliseum-counter", CounterWidget);

export { Widget, type WidgetState } from "./base";
export { CounterWidget, type PublicTotal } from "./counter";
export { LeaderboardWidget, type PublicBoard } from "./leaderboard";
export { addTexts, type Texts } from "./text";
