// Recognising domains, URLs and e-mail addresses in text, with n8n's idea of what they look like.
(host) => {
  const NAME = '(?:[-\\w]+\\.)+(?:[a-zA-Z]{2,}|xn--[a-zA-Z0-9]+)|localhost|\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}';
  const PORT = '(?::\\d+)?';
  const QUERY = '(?:\\?[^\\s#]*)?';

  const AFTER_DOMAIN = `${PORT}(?:\\/[^\\s?]*)?${QUERY}(?:#[^\\s]*)?$`;
  const DOMAIN = new RegExp(`^(?:www\\.)?(${NAME})${AFTER_DOMAIN}`, 'i');
  const DOMAIN_OF = new RegExp(`^(?:(?:https?|ftp):\\/\\/)?(?:mailto:)?(?:\\/\\/)?((?:www\\.)?(?:${NAME}))${AFTER_DOMAIN}`, 'i');

  const URL = `(?:https?|ftp):\\/\\/(?:www\\.)?(?:${NAME})${PORT}(?:\\/[^\\s?#]*)?${QUERY}#?[^\\s]*`;
  const WHOLE_URL = new RegExp(`^${URL}$`, 'i');
  const URL_INSIDE = new RegExp(URL, 'i');

  const MAILBOX_PART = '[^<>()\\[\\]\\\\.,;:\\s@"]+';
  const MAILBOX = `(?:${MAILBOX_PART}(?:\\.${MAILBOX_PART})*|".+")`;
  const MAIL_HOST = '\\[[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\]|(?:[a-zA-Z\\-0-9]+\\.)+[a-zA-Z]{2,}';
  const EMAIL = new RegExp(`${MAILBOX}@(${MAIL_HOST})`);

  const isEmail = (value) => EMAIL.test(value) && !value.includes(' ');

  return {
    isUrl: (value) => WHOLE_URL.test(value),
    isDomain: (value) => DOMAIN.test(value),
    isEmail,
    extractEmail: (value) => EMAIL.exec(value)?.[0],
    extractDomain: (value) => (isEmail(value) ? EMAIL : DOMAIN_OF).exec(value)?.[1],
    extractUrl: (value) => URL_INSIDE.exec(value)?.[0],
  };
}
