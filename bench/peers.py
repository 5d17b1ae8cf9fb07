"""Frames of a video into a ZIP with PyAV or OpenCV, as somebody who knows them would write it.

    peers.py pyav|pyav-seek|opencv|opencv-seek CLIP ARCHIVE png|jpeg STEP      a frame every STEP seconds; 0 is every frame
    peers.py pyav-moments|opencv-moments CLIP ARCHIVE png|jpeg T,T,...         the frames on screen at these seconds
    peers.py pyav-keys CLIP ARCHIVE png|jpeg -                                 key frames
    peers.py available pyav|opencv                                             fails if it is not installed

The frame of a moment is the one on screen then. PNG is written with zlib's level 1, JPEG with the quality whose files are as large
as those of ffmpeg's -q:v 2. Plain variants decode everything; those with "seek" jump to each moment.
"""
import importlib.util
import io
import sys
import zipfile

PNG_LEVEL = 1
JPEG_QUALITY = 89


def pyav_frames(path, how, what):
    import av

    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if how == "keys":
            stream.codec_context.skip_frame = "NONKEY"
            frames = container.decode(stream)
        elif how == "moments":
            frames = pyav_seeking(container, stream, [float(moment) for moment in what.split(",")])
        elif how == "seek":
            frames = pyav_seeking(container, stream, steps(container.duration / av.time_base, float(what)))
        else:
            frames = on_screen(container.decode(stream), float(what))
        for frame in frames:
            yield frame.to_image()


def steps(end, step):
    moment = 0.0
    while moment < end:
        yield moment
        moment += step


def pyav_seeking(container, stream, moments):
    for moment in moments:
        container.seek(int(moment / stream.time_base), stream=stream)
        shown = None
        for frame in container.decode(stream):
            if shown is not None and frame.time > moment:
                break
            shown = frame
        if shown is None:
            return
        yield shown


def on_screen(frames, step):
    shown, moment = None, 0.0
    for frame in frames:
        while step > 0 and shown is not None and frame.time > moment:
            yield shown
            moment += step
        if step == 0:
            yield frame
        shown = frame
    if step > 0 and shown is not None and moment <= shown.time:
        yield shown


def opencv_frames(path, how, what):
    import cv2

    capture = cv2.VideoCapture(path)
    rate, count = capture.get(cv2.CAP_PROP_FPS), int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    if how == "moments":
        numbers, every = [int(float(moment) * rate) for moment in what.split(",")], 1
    else:
        every = max(1, round(float(what) * rate))
        numbers = range(0, count, every if how == "seek" else 1)
    for number in numbers:
        if how:
            capture.set(cv2.CAP_PROP_POS_FRAMES, number)
        if not capture.grab():
            break
        if number % every == 0:
            yield capture.retrieve()[1]
    capture.release()


def encode(image, kind):
    if hasattr(image, "save"):
        target = io.BytesIO()
        image.save(target, "PNG", compress_level=PNG_LEVEL) if kind == "png" else image.save(target, "JPEG", quality=JPEG_QUALITY)
        return target.getvalue()
    import cv2

    options = [cv2.IMWRITE_PNG_COMPRESSION, PNG_LEVEL] if kind == "png" else [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    return cv2.imencode(".png" if kind == "png" else ".jpg", image, options)[1].tobytes()


def main():
    if sys.argv[1] == "available":
        return 0 if all(importlib.util.find_spec(name) for name in {"pyav": ["av", "PIL"], "opencv": ["cv2"]}[sys.argv[2]]) else 1
    program, path, archive, kind, what = sys.argv[1:]
    library, _, how = program.partition("-")
    frames = (pyav_frames if library == "pyav" else opencv_frames)(path, how, what)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for index, frame in enumerate(frames, 1):
            target.writestr(f"frames/frame_{index:06d}.{'png' if kind == 'png' else 'jpg'}", encode(frame, kind))
    return 0


sys.exit(main())
