// A button with its word, a longer explanation, and what it does.
export function button(text, title, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = title;
  made.addEventListener('click', () => {
    if (made.getAttribute('aria-disabled') !== 'true') {
      action();
    }
  });
  return made;
}

// A button that can or cannot be used now. While it has the focus it keeps it: a browser lets the focus of a disabled element fall to the page's head.
export function enable(button, may) {
  button.setAttribute('aria-disabled', String(!may));
  button.disabled = !may && button !== document.activeElement;
}

// Where the focus goes when what had it is gone: to a button near by, even if it cannot be used just now.
export function focusOn(button) {
  button.disabled = false;
  button.focus();
}
