using System.Globalization;

namespace Fotograma.Media.Sandbox;

/// <summary>What the kernel says of how a thread is confined (<c>proc_pid_status(5)</c>).</summary>
/// <param name="Seccomp">Mode of the filter: 2 when there is one.</param>
/// <param name="NoNewPrivs">1 when the thread can get no privileges any more.</param>
/// <param name="CapEff">The capabilities it can use.</param>
/// <param name="LandlockAbi">The Landlock version that was put to use; 0 for none. Known to the thread itself only.</param>
/// <param name="Filters">How many filters there are, inherited ones included; null before Linux 5.9, which does not say it.</param>
internal sealed record ConfinementProof(int Seccomp, int NoNewPrivs, ulong CapEff, int LandlockAbi = 0, int? Filters = null)
{
    private const int FilterMode = 2;

    /// <summary>Whether this is a confined thread, by whomever.</summary>
    public bool Holds => Seccomp == FilterMode && NoNewPrivs == 1 && CapEff == 0;

    /// <summary>
    /// Whether a thread that <paramref name="starter"/> started has a filter of its own. In a container all threads have one: where the kernel does
    /// not count them, an own one cannot be told from that.
    /// </summary>
    public bool AddsTo(ConfinementProof starter) => Filters is { } all && starter.Filters is { } inherited ? all > inherited : starter.Seccomp == 0;

    /// <summary>Reads the text of a status file. What it does not say counts as not confined.</summary>
    public static ConfinementProof Parse(string status)
    {
        var proof = new ConfinementProof(0, 0, ulong.MaxValue);
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (Value(line, "Seccomp:") is { IsEmpty: false } mode) proof = proof with { Seccomp = Number(mode) };
            else if (Value(line, "Seccomp_filters:") is { IsEmpty: false } filters) proof = proof with { Filters = Number(filters) };
            else if (Value(line, "NoNewPrivs:") is { IsEmpty: false } flag) proof = proof with { NoNewPrivs = Number(flag) };
            else if (Value(line, "CapEff:") is { IsEmpty: false } set) proof = proof with { CapEff = ulong.Parse(set, NumberStyles.HexNumber, CultureInfo.InvariantCulture) };
        }

        return proof;
    }

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> line, string name) => line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..].Trim() : [];
}
