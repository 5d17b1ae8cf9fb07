namespace Fotograma.Jobs.Leases;

/// <summary>Which jobs a worker can take, by what it has in hand.</summary>
public enum JobChoice
{
    /// <summary>It has nothing in hand: jobs that may run beside others, or one that must run alone.</summary>
    Any,

    /// <summary>It has jobs in hand: those that must run alone are passed over.</summary>
    InCompany,

    /// <summary>It has nothing in hand, and wants a job that must run alone.</summary>
    Alone,
}
