// Text with its control characters to be seen (␛ for escape), as an editor shows them; tabs and line ends stay. A text that hides what it does must not
// look like one that does not.
export function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, character => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    .replace(/\u007f/g, '␡')
    .replace(/[\u0080-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '•');
}
