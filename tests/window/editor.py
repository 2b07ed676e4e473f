# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's page of a destination, filled in as a person does."""

import json

from window import Window  # first: it knows where partway is

from desktop import get_geometry, press_key, xdotool


class Editor(Window):
    """The window, without keys in its environment."""

    def __init__(self, work, store, **environment):
        super().__init__(work, store, **environment)
        self.set_env(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        self.secrets.append(store.secret_key)

    def click(self, node):
        """By the pointer: a combo row has no action of its own."""
        x, y, width, height = node.get_extents()
        wx, wy, wwidth, wheight = get_geometry(self.activate())
        _, _, fwidth, fheight = self.look().find('window').get_extents()
        xdotool('mousemove', wx + (wwidth - fwidth) // 2 + x + width // 2,
                wy + (wheight - fheight) // 2 + y + height // 2, 'click', 1)

    def choose(self, combo, item):
        """An item of a combo row."""
        def find_items(tree):
            row = tree.find('combo box', combo)
            return [node.name for node in row.find_all('label')][2:] if row else None

        self.click(self.find('combo box', combo))
        items = self.wait(find_items, f'“{combo}” shows its choices')
        press_key('Home', *['Down'] * items.index(item), 'Return')
        self.wait(lambda tree: tree.find('combo box', combo).find_all('label')[1].name == item,
                  f'“{combo}” is “{item}”')

    def fill(self, **rows):
        for name, text in rows.items():
            self.find('text', name.replace('_', ' ')).set_text(text)

    def begin(self, store, **rows):
        """A new destination at the store, but for what @rows say."""
        self.push('Add a Destination…')
        self.choose('Service', 'Other S3 Storage')
        self.fill(**{'Address_of_the_Store': store.url, 'Bucket': store.bucket,
                     'Access_Key': store.access_key, 'Secret_Key': store.secret_key, **rows})

    def save(self):
        self.push('Save')
        self.wait_gone('label', 'Add a Destination')

    def upload(self, path):
        self.push('Add Files')
        self.choose_files(path)

    def saved(self):
        """What the file of destinations holds."""
        path = self.work / 'config/partway/destinations.json'
        return json.loads(path.read_text())['destinations'] if path.exists() else []
