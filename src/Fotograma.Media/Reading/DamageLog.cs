using System.Globalization;
using Fotograma.Media.Faults;
using Fotograma.Media.Native;

namespace Fotograma.Media.Reading;

/// <summary>
/// Notes where in the video something could not be decoded, or only with damage. The decoder works ahead with several threads, so a place is
/// true to a few frames.
/// </summary>
internal sealed class DamageLog
{
    /// <summary>Places closer together than this are one.</summary>
    private const double JoinSeconds = 1;

    /// <summary>Places that are told one by one; the rest is only counted.</summary>
    private const int PlacesMax = 20;

    private readonly List<(double From, double To)> places = [];
    private long errors = LibavLog.Errors;
    private int more;

    /// <summary>Whether anything was noted.</summary>
    public bool IsEmpty => places.Count == 0;

    /// <summary>Notes what libav has reported since the last time, if anything, at the given place.</summary>
    public void Look(double seconds)
    {
        var now = LibavLog.Errors;
        if (now > errors) Note(seconds);
        errors = now;
    }

    /// <summary>Notes damage.</summary>
    public void Note(double seconds)
    {
        // What is missing is noticed later than what is wrong: the place may be any.
        var known = places.FindLastIndex(place => seconds >= place.From - JoinSeconds && seconds <= place.To + JoinSeconds);
        if (known >= 0)
        {
            places[known] = (Math.Min(places[known].From, seconds), Math.Max(places[known].To, seconds));
            return;
        }

        if (places.Count < PlacesMax) places.Add((seconds, seconds));
        else more++;
    }

    /// <summary>Notes that the pictures before the first one could not be decoded, where that is more than a moment: whatever was noted there is a part of it.</summary>
    public void Miss(double from, double to)
    {
        if (to - from < JoinSeconds) return;
        places.RemoveAll(place => place.To <= to);
        places.Insert(0, (from, to));
    }

    /// <summary>One warning for each place, in the order they were met.</summary>
    public IEnumerable<MediaWarning> Warnings()
    {
        foreach (var (from, to) in places.Select(place => (Place(place.From), Place(place.To))))
        {
            yield return to - from < JoinSeconds
                ? new MediaWarning("damaged", string.Create(CultureInfo.InvariantCulture, $"The video is damaged around {from:0.0} s; images there may be wrong or missing."), from)
                : new MediaWarning("damaged", string.Create(CultureInfo.InvariantCulture, $"The video is damaged from about {from:0.0} s to {to:0.0} s; images there may be wrong or missing."), from);
        }

        if (more > 0) yield return new MediaWarning("damaged", $"The video is damaged in {more} more places; images there may be wrong or missing.");
    }

    /// <summary>What was cut off may lie a moment before the start, which would read as "-0.0".</summary>
    private static double Place(double seconds) => seconds is < 0 and > -0.05 ? 0 : seconds;
}
