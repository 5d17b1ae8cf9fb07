using System.Globalization;

namespace Fotograma.Media.Sandbox;

/// <summary>What the kernel says of how a thread is confined (<c>proc_pid_status(5)</c>).</summary>
/// <param name="Seccomp">Mode of the filter: 2 when there is one.</param>
/// <param name="NoNewPrivs">1 when the thread can get no privileges any more.</param>
/// <param name="CapEff">The capabilities it can use.</param>
/// <param name="LandlockAbi">The Landlock version that was put to use; 0 for none. Known to the thread itself only.</param>
internal sealed record ConfinementProof(int Seccomp, int NoNewPrivs, ulong CapEff, int LandlockAbi = 0)
{
    private const int FilterMode = 2;

    /// <summary>Whether this is a confined thread.</summary>
    public bool Holds => Seccomp == FilterMode && NoNewPrivs == 1 && CapEff == 0;

    /// <summary>Reads the text of a status file. What it does not say counts as not confined.</summary>
    public static ConfinementProof Parse(string status)
    {
        var (seccomp, noNewPrivs, capEff) = (0, 0, ulong.MaxValue);
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (Value(line, "Seccomp:") is { IsEmpty: false } mode) seccomp = int.Parse(mode, CultureInfo.InvariantCulture);
            else if (Value(line, "NoNewPrivs:") is { IsEmpty: false } flag) noNewPrivs = int.Parse(flag, CultureInfo.InvariantCulture);
            else if (Value(line, "CapEff:") is { IsEmpty: false } set) capEff = ulong.Parse(set, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return new ConfinementProof(seccomp, noNewPrivs, capEff);
    }

    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> line, string name) => line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..].Trim() : [];
}
