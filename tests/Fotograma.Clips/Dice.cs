namespace Fotograma.Clips;

/// <summary>Numbers that are the same on every machine and runtime (Steele and others, SplitMix64).</summary>
public sealed class Dice(int seed)
{
    private ulong state = (ulong)seed;

    /// <summary>A number from 0 to below this.</summary>
    public int Next(int below)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)below);
    }

    /// <summary>True once in so many times.</summary>
    public bool Chance(int oneIn) => Next(oneIn) == 0;

    /// <summary>One of these.</summary>
    public T OneOf<T>(params T[] choices) => choices[Next(choices.Length)];
}
