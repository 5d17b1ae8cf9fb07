namespace Fotograma.Kernel.Hosting;

/// <summary>Something that a module does when an operator asks for it by a command of its own, while nothing of the module runs in that process.</summary>
/// <param name="Name">The command.</param>
/// <param name="RunAsync">Says what is there and, when told that this is wanted, does it; the answer is for the operator.</param>
public sealed record OperatorTask(string Name, Func<IServiceProvider, bool, CancellationToken, Task<string>> RunAsync)
{
    /// <summary>Makes the stored uploads and results those of the ledger in use.</summary>
    public const string Adopt = "adopt";
}
