using System.Diagnostics;

namespace Fotograma.Messages;

/// <summary>To which trace some work belongs (W3C Trace Context, https://www.w3.org/TR/trace-context/).</summary>
/// <param name="Parent"><c>traceparent</c>: the trace and the work in it that caused this.</param>
/// <param name="State"><c>tracestate</c>: what tracing systems on the way noted for themselves; passed on as it came.</param>
public sealed record TraceContext(string Parent, string? State = null)
{
    // "Vendors SHOULD propagate at least 512 characters" (3.3.1.5); whole entries are left out from the end.
    private const int StateCharactersMax = 512;

    /// <summary>That of the work this thread is doing; null where nobody traces.</summary>
    public static TraceContext? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } work ? new TraceContext(id, Fitting(work.TraceStateString)) : null;

    /// <summary>What was kept of one; null where nothing was.</summary>
    public static TraceContext? Of(string? parent, string? state) => parent is null ? null : new TraceContext(parent, state);

    /// <summary>What work that belongs to it is started with; nothing where it is not understood.</summary>
    public ActivityContext ToActivity() => ActivityContext.TryParse(Parent, State, isRemote: true, out var parsed) ? parsed : default;

    private static string? Fitting(string? state)
    {
        if (string.IsNullOrWhiteSpace(state) || state.Any(character => character is < ' ' or > '~')) return null;
        if (state.Length <= StateCharactersMax) return state;
        var end = state.LastIndexOf(',', StateCharactersMax);
        return end > 0 ? state[..end] : null;
    }
}
