namespace Fotograma.Jobs.Catalogue;

/// <summary>
/// What the owner's side does about a store that is away: nothing that was written is told as refused, because whoever is told so sends it again, and has it twice.
/// </summary>
/// <param name="isOutage">Tells a store that is away from everything else that can go wrong.</param>
/// <param name="clock">Measures patience.</param>
internal sealed class StoreTrouble(Func<Exception, bool> isOutage, TimeProvider clock)
{
    private const int TriesMax = 3;
    private static readonly TimeSpan AgainWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AsideMax = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Does what, done again, is not there twice: at least once more when the store was away, since it may be the answer alone that was lost; more often only where
    /// failing takes no time.
    /// </summary>
    public async Task<T> AgainAsync<T>(Func<Task<T>> ask)
    {
        var start = clock.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (Exception failure) when (isOutage(failure) && tries < TriesMax && (tries == 1 || clock.GetElapsedTime(start) < AgainWithin))
            {
            }
        }
    }

    /// <summary>Asks what would be good to know of something that is written already; nothing when there is no answer in a second.</summary>
    public async Task<T?> AsideAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation) where T : class?
    {
        using var patience = new CancellationTokenSource(AsideMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await ask(either.Token);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && (patience.IsCancellationRequested || isOutage(failure)))
        {
            return null;
        }
    }
}
