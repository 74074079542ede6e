// SPDX-License-Identifier: BSD-2-Clause
//
// node check.mjs signatures|twiml PROGRAM: what tests/call/twilio says, against
// Twilio's own SDK.  What differs is printed, a line each; then how many were alike.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(pathToFileURL(process.cwd() + "/"));
const twilio = require("twilio");

const [what, program] = process.argv.slice(2);
const run = (args, input = "") => execFileSync(program, args, { input, encoding: "utf8" });
let alike = 0;
const same = (name, ours, theirs) => {
	if (ours === theirs)
		alike++;
	else
		console.log(`${name}:\n  ours   ${ours}\n  theirs ${theirs}`);
};

// ---- signatures ----

// Numbers that look random and are the same in every run.
let seed = 42;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
const letters = [..."abcXYZ019 +&=%/?#:;,.-_~*!'()\"<>\n\u00e9\u20ac\u{1f600}"];
const word = (min, max) =>
    Array.from({ length: min + random(max - min + 1) }, () => letters[random(letters.length)]).join("");

function signatures() {
	for (let i = 0; i < 300; i++) {
		const token = `token${random(1000)}`;
		const url = `https://mfa.example.org/v1/callbacks/l_${random(99999)}?step=${random(9)}`;
		const params = Object.fromEntries(Array.from({ length: random(12) },
		    () => [word(1, 8), word(0, 20)]));
		const body = new URLSearchParams(params).toString();
		const theirs = twilio.getExpectedTwilioSignature(token, url, params);
		const ours = run(["sign", token, url], body).trim();
		same(JSON.stringify(params), ours, theirs);
		// And the SDK takes it, but not for another address.
		if (!twilio.validateRequest(token, ours, url, params) ||
		    twilio.validateRequest(token, ours, url + "0", params))
			console.log(`not taken: ${JSON.stringify(params)}`);
	}
}

// ---- TwiML ----

const HASH = 2;

function twiml() {
	const action = "https://mfa.example.org/v1/callbacks/l_a-b?step=1&x=2";
	for (const form of [1, 2, 3, 4])
		for (const language of ["en", "nl"])
			for (let prompt = 1; prompt <= 8; prompt++)
				for (const gathers of [true, false])
					one(form, language, prompt, gathers ? action : undefined);
}

function one(form, language, prompt, action) {
	const args = [String(form), language, String(prompt)];
	const lines = run(action ? ["gather", ...args, action] : ["farewell", ...args])
	    .trimEnd().split("\n");
	const ours = lines.pop();
	const response = new twilio.twiml.VoiceResponse();
	const say = (at) => lines.forEach((text) =>
	    at.say({ language: language === "nl" ? "nl-NL" : "en-GB" }, text));
	if (!action) {
		say(response);
		response.hangup();
	} else if (form === HASH) {
		say(response);
		response.gather({ input: "dtmf", method: "POST", actionOnEmptyResult: true, timeout: 6,
			action, numDigits: 1, finishOnKey: "" });
	} else {
		say(response.gather({ input: "dtmf", method: "POST", actionOnEmptyResult: true,
			timeout: 6, action, finishOnKey: "#" }));
	}
	// An element without any is written in two ways that mean the same.
	same(args.join(" "), ours.replaceAll("></Gather>", "/>").replaceAll("<Gather/>", ""),
	    response.toString().replaceAll("></Gather>", "/>"));
}

({ signatures, twiml })[what]();
console.log(`${alike} alike`);
