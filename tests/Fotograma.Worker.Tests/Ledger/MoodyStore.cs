using System.Reflection;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Ledger.Sql;
using Fotograma.Suites.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Worker.Tests.Ledger;

/// <summary>What a store does beside what it is asked: refuse a call, or lose the answer of one that was executed.</summary>
internal sealed class Mood
{
    /// <summary>Asked with the method's name before each call: whether it fails unexecuted.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>Asked with the method's name after each call: whether its answer is lost.</summary>
    public Func<string, bool> LosesAnswer { get; set; } = _ => false;

    /// <summary>So many calls of a method.</summary>
    public static Func<string, bool> Times(int count, string method)
    {
        var left = count;
        return called => called == method && Interlocked.Decrement(ref left) >= 0;
    }
}

/// <summary>A SQLite ledger whose store has moods.</summary>
internal sealed class MoodyPlace(Mood mood) : LedgerPlace
{
    private readonly SqlitePlace inner = new();

    public override IReadOnlyDictionary<string, string?> Settings => inner.Settings;

    public override void Register(IServiceCollection services)
    {
        services.AddSingleton<SqliteLedger>();
        services.AddSingleton(provider => MoodyStore.Around(provider.GetRequiredService<SqliteLedger>(), mood));
    }

    public override Task PrepareAsync(IServiceProvider services, FakeTimeProvider clock, CancellationToken cancellation) => inner.PrepareAsync(services, clock, cancellation);

    public override Task<IReadOnlyList<JobRow>> JobsAsync(IServiceProvider services, CancellationToken cancellation) => inner.JobsAsync(services, cancellation);

    public override Task<IReadOnlyList<Messages.CloudEvent>> EventsAsync(IServiceProvider services, int without, CancellationToken cancellation) =>
        inner.EventsAsync(services, without, cancellation);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Stands before a store, whatever its methods are.</summary>
#pragma warning disable CA1852 // The proxy is a subtype that is made at run time.
internal class MoodyStore : DispatchProxy
#pragma warning restore CA1852
{
    private ILedgerStore inner = null!;
    private Mood mood = null!;

    public static ILedgerStore Around(ILedgerStore inner, Mood mood)
    {
        var store = Create<ILedgerStore, MoodyStore>();
        ((MoodyStore)(object)store).inner = inner;
        ((MoodyStore)(object)store).mood = mood;
        return store;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (mood.Refuses(targetMethod!.Name)) throw new IOException("The store does not answer.");
        var answer = targetMethod.Invoke(inner, args);
        if (!mood.LosesAnswer(targetMethod.Name)) return answer;
        ((Task)answer!).GetAwaiter().GetResult();
        throw new IOException("The store's answer got lost.");
    }
}
