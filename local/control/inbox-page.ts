import { createHash } from 'node:crypto';
import type { InboxMessage } from '../aws/sns/inbox.ts';
import { escapeMarkup } from './markup.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #f6f7f9; }
article { background: #fff; border: 1px solid #d5dae1; border-radius: 8px; margin: 1rem 0; padding: 1rem 1.25rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0; font-size: .875rem; color: #4c5561; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .75rem 0 0; font: 14px/1.5 ui-monospace, monospace; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e9ee; background: #14171b; }
  article { background: #1d2126; border-color: #363c45; }
  dl { color: #a5adb8; }
}
`;

/** Nothing may run or load: messages hold text from outside. The style is named by its hash. */
export const INBOX_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The page that shows the e-mails which the topics' subscribers would get, newest first. */
export function inboxPage(messages: readonly InboxMessage[]): string {
  const articles = messages.toReversed().map(article).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inbox (${messages.length})</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Inbox</h1>
<p>${messages.length === 0 ? 'No messages yet.' : `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}, newest first.`}</p>
${articles}
</main>
</body>
</html>
`;
}

function article({ subject, topicName, to, timestamp, message, messageId, attributes }: InboxMessage): string {
  const recipients = to.length === 0 ? 'nobody: the topic has no e-mail subscription' : to.join(', ');
  const facts = Object.entries(attributes).map(
    ([name, value]) => `<dt>Attribute</dt><dd>${escapeMarkup(`${name}: ${value}`)}</dd>\n`,
  );
  return `<article id="${escapeMarkup(messageId)}">
<h2>${escapeMarkup(subject ?? '(no subject)')}</h2>
<dl>
<dt>To</dt><dd>${escapeMarkup(recipients)}</dd>
<dt>Topic</dt><dd>${escapeMarkup(topicName)}</dd>
<dt>Sent</dt><dd><time datetime="${escapeMarkup(timestamp)}">${escapeMarkup(timestamp)}</time></dd>
${facts.join('')}</dl>
<pre>${escapeMarkup(message)}</pre>
</article>`;
}
