"""Raw files: bytes that other tools make and read as they are."""

import os
import tarfile
import wave

import suite


def differences(case):
    with open(case.path, "rb") as file:
        data = file.read()
    if data != case.stream[: case.sample_bytes]:
        yield "it has other bytes"


def write(folder):
    sound = os.path.join(folder, "sound.wav")
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(range(256)) * 1000)
    archive = os.path.join(folder, "shard-000000.tar")
    with tarfile.open(archive, "w") as file:
        file.add(sound, arcname="a.wav")
    plain = os.path.join(folder, "without_ending")
    with open(plain, "wb") as file:
        file.write(b"x")
    return [
        suite.foreign_file(path, [1], 1) for path in (sound, archive, plain)
    ]


suite.main(differences, write)
