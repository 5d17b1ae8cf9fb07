using Fotograma.Server.Serving;

namespace Fotograma.Server.Cli;

/// <summary>What the program says about itself.</summary>
internal static class HelpText
{
    /// <summary>Name and version.</summary>
    public static string Version { get; } = $"fotograma {ProductVersion.Text}";

    /// <summary>The verbs.</summary>
    public const string Overview =
        """
        Fotograma extracts frames from video, exactly: the frame at t is the frame on screen at t.

        Usage: fotograma COMMAND [arguments]

          serve     Run the server: web pages, API, workers; all of it in one process or a part (--modules auth,video,worker,notify,web)
          check-config
                    Say every fault of a configuration, and try everything it connects to
          migrate   Bring the databases up to date, and end
          dead-letters
                    Show events that were given up, and try them again
          repeat    Tell listeners again how jobs ended and how to reach people, after a broker lost what they had not heard
          adopt     Say whose the stored uploads and results are, and make them the ledger's in use (--yes)
          extract   Extract frames of a video file to a ZIP archive with a manifest
          probe     Say what a video file is
          help      Show this, or the help of a command: fotograma help extract
          version   Show the version

        Neither extract nor probe needs a server, a database or an account.

        Exit codes: 0 done, 1 internal error or the server cannot start, 2 wrong usage or settings, 3 the input cannot be used (its fault code is printed),
        4 the output cannot be written, 5 the decoder cannot be used, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.
        """;

    /// <summary>Help of <c>extract</c>.</summary>
    public const string Extract =
        """
        Extract frames of a video file to a ZIP archive with a manifest.

        Usage: fotograma extract VIDEO [-o FRAMES.zip] [options]

        Which frames (give one; without any, one frame a second):
          --fps N             N frames a second: 2, 0.5 or 30000/1001 (up to 240)
          --every TIME        a frame every TIME (0.001 s to a day)
          --count N           N frames spread evenly (1 to 100000)
          --timestamps TIMES  the frames on screen at 1.5,00:02:00,... (up to 10000), or @FILE with one a line
          --frames NUMBERS    frames by number, from 0: 0,10,250-260, or @FILE
          --keyframes         every key frame
          --scenes T          the first frame of every scene; T from 0 to 1 is how much has to change, 0.3 is usual
          --all               every frame

        Of which part:
          --from TIME         start there
          --to TIME           end before that
          --ranges RANGES     several parts: 10-20,00:01:00-00:01:30,300-, or @FILE
          --max-frames N      at most N frames (1 to 100000)
          --dedupe BITS       leave out what looks like the frame before: 0 the very same, 4 still pictures, up to 32
          TIME is in seconds (12.5) or a clock (00:01:30.500).

        How they look:
          --format FORMAT     png (default, lossless), jpeg or webp
          --quality N         quality of JPEG and WebP, 1 to 100 (default 90)
          --crop WxH+X+Y      this part of the upright picture, before scaling: 640x360+100+50
          --width PIXELS      fit in this width, 2 to 16384; frames keep their shape
          --height PIXELS     fit in this height, likewise
          --enlarge           enlarge smaller frames to that width and height
          --pixels KIND       square (default) or stored: what to do about pixels that are not square
          --hdr KIND          sdr (default) or keep: what to do about HDR
          --deinterlace WHEN  auto (default), on or off

        What the archive holds:
          --name TEMPLATE     names of {index}, {time}, {pts}, {sourceFrame}: frame_{index} (default), shot_{time}
          --extras LIST       also poster, storyboard, sheet (one or more, with commas)

        Where they go:
          -o, --output FILE   the archive (default: the video's name with .zip, in the current folder)
          -f, --force         replace FILE if it exists

        Other:
          -q, --quiet         print errors only
          --decoder PROGRAM   the decoder (default: $FOTOGRAMA_DECODER, or fotograma-decoder beside this program)
          --limits LIST       what one video may cost, for this once: DurationSecondsMax=86400,StreamsMax=200
          --old-codecs        also decode what only old archives hold: H.263, Microsoft's MPEG-4 versions 2 and 3, VC-1

        The archive holds frames/frame_000001.png ... and the manifest as JSON, NDJSON and CSV. It appears under its name only when
        it is whole. Progress goes to standard error. Exit codes: see fotograma --help.
        """;

    /// <summary>Help of <c>probe</c>.</summary>
    public const string Probe =
        """
        Say what a video file is.

        Usage: fotograma probe VIDEO [--json] [--decoder PROGRAM] [--limits LIST] [--old-codecs]

          --json              as JSON
          --decoder PROGRAM   the decoder (default: $FOTOGRAMA_DECODER, or fotograma-decoder beside this program)
          --limits LIST       what one video may cost, for this once: ProbeSecondsMax=120,StreamsMax=200
          --old-codecs        also look into what only old archives hold: H.263, Microsoft's MPEG-4 versions 2 and 3, VC-1
        """;

    /// <summary>Help of <c>serve</c>.</summary>
    public const string Serve =
        """
        Run the server: web pages, API, workers and mail.

        Usage: fotograma serve [--modules NAMES] [--urls URLS] [--data FOLDER] [--Section:Key=VALUE ...]

          --modules NAMES     all (default), or some of auth,video,worker,notify,web
          --urls URLS         where to listen (default: $FOTOGRAMA_URLS, or http://localhost:8080)
          --data FOLDER       where everything is kept (default: $FOTOGRAMA_DATA, or the folder data here)

        Every setting can be given as --Section:Key=VALUE, as an environment variable Section__Key, or in appsettings.json beside the
        program. Ctrl-C or SIGTERM stops it: running jobs are given back and begin again at the next start.
        """;

    /// <summary>Help of <c>check-config</c>.</summary>
    public const string CheckConfig =
        """
        Say every fault of a configuration at once, and try everything that the chosen modules connect to: databases, broker, storage, Redis,
        mail server, decoder. Nothing is started, and nothing that stays is changed.

        Usage: fotograma check-config [--json] [the arguments of serve]

          --json              as JSON

        Each trial takes at most 10 seconds. Passwords are never printed. Exit codes: 0 everything works, 1 something does not answer or cannot
        be used, 2 the configuration has faults.
        """;

    /// <summary>Help of <c>migrate</c>.</summary>
    public const string Migrate =
        """
        Bring the databases of all modules up to date, and end.

        Usage: fotograma migrate [--data FOLDER] [--Section:Key=VALUE ...]

        It takes the settings of serve, makes databases that are missing where it may, and prints what it did to each. Running it twice, or
        in several places at once, does no harm; servers of the version before go on working meanwhile. With Postgres:MigrateAtStart=false
        servers leave this to it and refuse to start on a database that is not up to date. Exit codes: see fotograma --help.
        """;

    /// <summary>Help of <c>dead-letters</c>.</summary>
    public const string DeadLetters =
        """
        Show events that were given up: the dead letters of the groups, and the quarantines of the outboxes /fotograma/auth and
        /fotograma/video. Try them again once their cause is mended.

        Usage: fotograma dead-letters [list] [the arguments of migrate]
               fotograma dead-letters redrive PLACE [--id ID] [the arguments of migrate]

          --id ID             this event only

        PLACE is a group or an outbox, as the list names it, which shows the oldest 1000 of each. All of them are tried again. A dead letter is
        given to its group and to no other, and goes once its event is in the group's queue; interrupted, the command can be run again: some events then
        come twice, which does no harm. What is in quarantine goes back to the outbox. What cannot be read as an event stays.
        """;

    /// <summary>Help of <c>repeat</c>.</summary>
    public const string Repeat =
        """
        Have the running servers tell again how to reach people and how the jobs of the last hours ended. Servers do so by themselves when they find
        a queue missing; this is for a broker or a database that lost something unseen, for example one that was restored from a backup.

        Usage: fotograma repeat [--accounts] [the arguments of migrate]

          --accounts          only how to reach people; after a notify database came from a backup, which does not know whom it told since, no mail
                              is written twice that way

        How far back it goes: the setting Messaging:RepeatHours of the servers, which must not be 0. What was heard before, and is remembered, does no
        harm when it is heard again.
        """;

    /// <summary>Help of <c>adopt</c>.</summary>
    public const string Adopt =
        """
        Make the stored uploads and results those of the ledger in use, after the one or the other was restored.

        Usage: fotograma adopt [--yes] [--data FOLDER] [--Section:Key=VALUE ...]

          --yes               do it; without it, only say what is there

        The server deletes nothing that lost its owner while the ledger and the store do not agree that they belong together, or while the
        ledger does not know too many of the stored videos. This command takes the settings of serve, says whose the stored files are and how
        many videos the ledger does not know, and with --yes makes them its own. It deletes nothing itself: the server's sweeps then delete
        what the ledger does not know. Exit codes: see fotograma --help.
        """;

    /// <summary>The help of a verb; null when there is no such verb.</summary>
    public static string? Of(string verb) => verb switch
    {
        "serve" => Serve,
        "check-config" => CheckConfig,
        "migrate" => Migrate,
        "dead-letters" => DeadLetters,
        "repeat" => Repeat,
        "adopt" => Adopt,
        "extract" => Extract,
        "probe" => Probe,
        _ => null,
    };
}
