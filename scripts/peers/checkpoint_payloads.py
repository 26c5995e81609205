"""Files of a checkpoint folder: length, and bytes of tensors alone.

torch.save writes a ZIP archive whose members "…/data/N" are the tensors'
storages; a file that is no archive is all payload. Prints JSON by path.
"""

import json
import os
import re
import sys
import zipfile

STORAGE = re.compile(r"/data/\d+$")


def payload_bytes(path):
    if not zipfile.is_zipfile(path):
        return os.path.getsize(path)
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    return sum(m.file_size for m in members if STORAGE.search(m.filename))


root = sys.argv[1]
files = {}
for folder, folders, names in os.walk(root):
    # Stoker's notes of what it has saved are not part of a checkpoint.
    folders[:] = [name for name in folders if name != ".stoker"]
    for name in names:
        path = os.path.join(folder, name)
        files[os.path.relpath(path, root)] = {
            "fileBytes": os.path.getsize(path),
            "payloadBytes": payload_bytes(path),
        }
print(json.dumps(files))
