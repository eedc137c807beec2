// The API as the page asks it: one place for the token, for problems, for parts of lists and for the change feed.

const TOKEN = "token";

export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? "",
  set: (text) => sessionStorage.setItem(TOKEN, text),
};

/** What the server said instead of an answer, or that it said nothing. */
export class Problem extends Error {
  constructor(members) {
    super(members.detail ?? members.title);
    Object.assign(this, members);
  }
  is(name) {
    return this.type?.endsWith(`#${name}`) ?? false;
  }
}

async function request(path, signal, headers = {}) {
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  let answer;
  try {
    answer = await fetch(path, {headers, signal});
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Problem({status: 0, title: "The server does not answer", detail: "It may have ended, or the network is down. The page tries again."});
  }
  if (answer.ok) return answer;
  const isProblem = answer.headers.get("Content-Type") === "application/problem+json";
  throw new Problem(isProblem ? await answer.json() : {status: answer.status, title: `The server answered ${answer.status}`});
}

/** Told of each answer's headers. */
export const onAnswer = new Set();

export async function ask(path, signal) {
  const answer = await request(path, signal);
  const body = await answer.json();
  onAnswer.forEach((each) => each(answer.headers));
  return body;
}

/** A part of a list: {rows, next}, `next` being the path of what follows. */
export async function askList(path, signal) {
  const answer = await request(path, signal);
  const rows = await answer.json();
  onAnswer.forEach((each) => each(answer.headers));
  return {rows, next: /<(.*)>; rel="next"/.exec(answer.headers.get("Link") ?? "")?.[1]};
}

export const part = encodeURIComponent;

/** Calls `onChange(row)` for what happens from now on until the signal is aborted, whatever connections break meanwhile;
 *  `onState(isLive)` when that begins and ends. Not EventSource: it can show no token. */
export async function follow(signal, onChange, onState) {
  let last = null;
  for (let pause = 500; !signal.aborted; pause = Math.min(8000, pause * 2)) {
    try {
      const answer = await request("/changes/stream", signal, last === null ? {} : {"Last-Event-ID": last});
      onState(true);
      pause = 500;
      for await (const event of events(answer.body)) {
        last = event.id;
        onChange(JSON.parse(event.data));
      }
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof Problem && failure.is("change-unknown")) last = null;
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** The events of a stream, as {id, data}. */
async function* events(body) {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    rest += read.value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields.event === "change") yield fields;
    }
  }
}
