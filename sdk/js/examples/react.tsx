import { StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { Coliseum, ColiseumProvider, useLeaderboard, usePassport } from "@coliseum/browser/react";

// Once, beside the components. What is public is read without a log-in; see the README for boards that are not.
const client = new Coliseum({ url: "https://coliseum.example", key: "cs_browser_KEY", tenant: "demo", public: true });

const Vote = ({ artistId }: { artistId: string }) => {
  const { logEvent } = usePassport();
  const vote = () => logEvent("coliseum.vote_cast", { artistId, eventId: "final", weight: 1, channel: "web" });
  return <button onClick={vote}>Vote for {artistId}</button>;
};

const Board = () => {
  const { page, state, problem } = useLeaderboard({ board: "finals", limit: "5" });
  if (problem) return <p>{problem.message}</p>;
  return (
    <section aria-busy={!page}>
      <h2>The final ({state})</h2>
      <ol>
        {page?.rows.map((row) => (
          <li key={row.id} value={row.rank}>
            <bdi>{row.name}</bdi>: {row.score}
          </li>
        ))}
      </ol>
    </section>
  );
};

const App = () => {
  const { logOnce } = usePassport();
  useEffect(() => void logOnce("view final", "concierto.event_viewed", { eventId: "final" }), [logOnce]);
  return (
    <>
      <h1>Coliseum in React</h1>
      <Vote artistId="abba" />
      <Board />
    </>
  );
};

createRoot(document.getElementById("app")!).render(
  <StrictMode>
    <ColiseumProvider client={client}>
      <App />
    </ColiseumProvider>
  </StrictMode>,
);
