// The room for phones: on or off, and how they get in.
import { button } from './button.js';
import { phones } from './vote-phones.js';
import { make, showDialog } from './vote-dialog.js';

const warning = 'This opens a second door of this computer to the network that it is in, for votes alone: no cell, no file and no page of the course is behind '
  + 'it. At most 40 devices; no names; forgotten when it is switched off. Phones come by plain HTTP: whoever can listen on the Wi-Fi can read the votes. '
  + 'In a Codespace or behind a firewall phones do not get in; show hands there.';

export function showRoom() {
  const buttons = make('p', '', 'vote-buttons');
  const inside = make('div', '');
  const fill = () => {
    const { isOn, word, picture, addresses: [first, ...others] = [] } = phones.view;
    toggle.textContent = isOn ? 'Switch off' : 'Switch on';
    inside.replaceChildren();
    if (word) {
      inside.append(make('p', word));
    }
    if (isOn) {
      const image = make('img', '', 'room-picture');
      image.src = picture;
      image.alt = 'Code for a camera: ' + first;
      inside.append(image, make('p', first, 'room-address'));
      if (others.length > 0) {
        inside.append(make('p', 'If that does not open: ' + others.join(' or ')));
      }
      inside.append(make('p', 'Open a fold “Votes of the group” and ask the phones there.'));
    }
  };
  const toggle = button('', 'The second door for votes', () => phones.turn(!phones.isOn));
  phones.listen(fill);
  const dialog = showDialog('Votes by phone', 'Votes by phone', () => phones.leave(fill), make('p', warning), inside, buttons);
  buttons.append(toggle, button('Close', 'Escape', () => dialog.close()));
  fill();
}
