namespace Fotograma.Auth.Passwords;

/// <summary>What one Argon2id hash costs (RFC 9106).</summary>
/// <param name="MemoryKiB">Memory in KiB.</param>
/// <param name="Iterations">Passes over the memory.</param>
/// <param name="Lanes">Degree of parallelism.</param>
internal readonly record struct HashCost(int MemoryKiB, int Iterations, int Lanes)
{
    public const int MemoryKiBMax = 1_048_576;
    public const int IterationsMax = 100;
    public const int LanesMax = 16;

    /// <summary>True for a cost this process is willing to pay; a stored hash must not be able to ask for more.</summary>
    public bool IsPayable => MemoryKiB is >= 8 and <= MemoryKiBMax && Iterations is >= 1 and <= IterationsMax && Lanes is >= 1 and <= LanesMax;
}
