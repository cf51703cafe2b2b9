import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, openPage } from "./browser.ts";
import { OpenDashboard } from "./dashboard-kit.ts";
import { openTab } from "./dashboard-page.ts";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";

test("a user follows a real program in the dashboard", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  const { url } = await OpenDashboard.open(gust);
  const { page } = await openPage(await openBrowser(t));
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  const standing = page.locator(".standing");
  await standing.getByText("#1 is live").waitFor();

  await gust.saveAndLive("answer.go", answerFile("1"));
  await standing.getByText("#2 is live").waitFor();
  await page.getByRole("option", { name: /^#2 live after .*, answer\.go/ }).waitFor();
  await page.locator(".changes").getByText("~ answer").waitFor();
  await page.getByText(/^#1 ended in/).waitFor();

  await project.save("answer.go", "package main\n\nfunc answer() string { return <b>x</b> }\n");
  const failure = page.getByRole("region", { name: "#3 is not live" });
  await failure.locator(".frame-here").getByText("return <b>x</b>").waitFor();
  await standing.getByText("#3 is not live; #2 serves on").waitFor();
  await gust.saveAndLive("answer.go", answerFile("2"));
  await failure.waitFor({ state: "detached" });

  await openTab(page, "Packages");
  await page.locator(".graph button").first().click();
  await page.getByText(/compiles this package alone of 1/).waitFor();

  await openTab(page, "Builds");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByText(/#2 has .*, #4 has/).waitFor();
  await page.getByRole("button", { name: "Roll back to #2" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  assert.equal((await gust.next("rolled-back")).to, 2);
  assert.equal(await gust.get(), "1");
  await standing.getByText("#2 is live again in place of #4").waitFor();

  await openTab(page, "gust");
  await page.getByRole("region", { name: "Memory" }).waitFor();
  assert.deepEqual(complaints, []);
  await gust.stop();
  await page.getByText("gust has ended; this is how it was last.").waitFor();
});
