// What the dialogs of the votes are made of.
export function make(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text ?? '';
  made.className = className ?? '';
  return made;
}

// Shows a dialog that is gone when it is closed.
export function showDialog(label, title, closed, ...parts) {
  const dialog = make('dialog', '', 'votes');
  dialog.setAttribute('aria-label', label);
  dialog.append(make('h2', title), ...parts);
  dialog.addEventListener('close', () => {
    closed();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
