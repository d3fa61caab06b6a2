// A button with its word, a longer explanation, and what it does.
export function button(text, title, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = title;
  made.addEventListener('click', action);
  return made;
}
