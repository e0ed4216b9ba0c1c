/** A real nginx as a reverse proxy on the loopback, where one is installed: `npm test` installs it if it may. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./free-port.ts";

const program = "/usr/sbin/nginx";

export const nginxIsHere = existsSync(program);

export interface Nginx {
  /** Without a trailing slash. */
  url: string;
  close(): Promise<void>;
}

/** Each location, such as `/name/`, with what stands in its braces. */
export async function startNginx(locations: Readonly<Record<string, string>>): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "runnel-nginx-"));
  const port = await freePort();
  const body = Object.entries(locations).map(([path, directives]) => `location ${path} { ${directives} }`);
  await writeFile(join(folder, "nginx.conf"), configuration(port, body.join("\n")));
  const args = ["-p", folder, "-c", "nginx.conf", "-e", "stderr"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async () => {
    child.kill("SIGTERM");
    await gone;
    await rm(folder, { recursive: true });
  };
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 200 || child.exitCode !== null) {
      await close();
      throw new Error(`nginx did not start: ${said}`);
    }
    await delay(20);
  }
  return { url: `http://127.0.0.1:${port}`, close };
}

function configuration(port: number, locations: string): string {
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`);
  return `
    daemon off;
    master_process off;
    pid nginx.pid;
    events {}
    http {
      access_log off;
      ${folders.join(" ")}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      server {
        listen 127.0.0.1:${port};
        ${locations}
      }
    }`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
