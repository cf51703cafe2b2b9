import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust, runGust } from "./gust.ts";
import { fetchOnce } from "./http-client.ts";
import { startLoad } from "./load.ts";
import { Project } from "./project.ts";

const linux = process.platform === "linux" ? {} : { skip: "state travels on Linux only" };

/** A counter of requests and a store of sessions; `type` is that of the counter. */
const program = (word: string, type = "int"): string => `package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"example.com/counter/internal/gust"
)

type session struct {
	User string
	Seen time.Time
	Cart []string
}

var (
	mu       sync.Mutex
	hits     ${type}
	sessions = map[string]*session{}
)

func main() {
	gust.Keep("hits", &hits, &mu)
	gust.Keep("sessions", &sessions, &mu)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		hits++
		fmt.Fprint(w, hits)
	})
	http.HandleFunc("/login/", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		name := r.URL.Path[len("/login/"):]
		sessions[name] = &session{User: name, Seen: time.Now(), Cart: []string{"a", "b"}}
	})
	http.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprint(w, "${word}")
		for name, one := range sessions {
			fmt.Fprint(w, " ", name, one.Cart, !one.Seen.IsZero())
		}
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT")}
	go func() {
		ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		<-ended.Done()
		_ = server.Shutdown(context.Background())
	}()
	go func() {
		<-gust.Context().Done()
		fmt.Println("draining ${word}")
	}()
	_ = server.ListenAndServe()
}
`;

async function create(t: Parameters<typeof Project.create>[0], toml: string): Promise<Project> {
  const project = await Project.create(t, null, {
    "go.mod": "module example.com/counter\n\ngo 1.21\n",
    "gust.toml": toml,
  });
  const init = await runGust(project, { args: ["init", "--state"], json: false });
  assert.equal(init.code, 0, init.stderr);
  await project.save("main.go", program("one"));
  return project;
}

for (const swap of ["overlap", "handoff", "stop-start"]) {
  test(`a counter and a session store outlive a save (${swap})`, linux, async (t) => {
    const project = await create(t, `[run]\nswap = "${swap}"\n`);
    const gust = await Gust.start(project);
    await gust.next("live");
    const { port } = gust;
    for (let hit = 1; hit <= 3; hit += 1) assert.equal((await fetchOnce({ port })).body, `${hit}`);
    await fetchOnce({ port, path: "/login/ann" });
    await gust.saveAndLive("main.go", program("two"));
    assert.equal((await fetchOnce({ port, path: "/who" })).body, "two ann[a b] true");
    assert.equal((await fetchOnce({ port })).body, "4");
    // Its context has ended, which it may have said before the next version was live.
    await gust.printed(/draining one/);
    // Another type starts anew, which is said; the rest travels on.
    await gust.saveAndLive("main.go", program("three", "float64"));
    const changed = (): string[] =>
      gust.log.since(0, "state-news").flatMap(({ news }) => [...news.changed]);
    // Told before the version is live or a moment later, as the one that was replaced lives on or not.
    if (changed().length === 0) await gust.next("state-news", (one) => one.news.changed.length > 0);
    assert.deepEqual(changed(), ["hits"]);
    assert.equal((await fetchOnce({ port })).body, "1");
    assert.equal((await fetchOnce({ port, path: "/who" })).body, "three ann[a b] true");
    await gust.stop();
  });
}

test("under load no count is lost over an overlap", linux, async (t) => {
  const project = await create(t, "");
  const gust = await Gust.start(project);
  await gust.next("live");
  const load = startLoad(gust.port, { slow: "/" });
  t.after(() => load.stop());
  for (const word of ["two", "three", "four"]) await gust.saveAndLive("main.go", program(word));
  const { answers, failures } = await load.stop();
  assert.deepEqual(failures, []);
  assert.equal((await fetchOnce({ port: gust.port })).body, `${answers + 1}`);
  await gust.stop();
});
