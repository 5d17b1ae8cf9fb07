using Fotograma.Fleeting.Store;
using StackExchange.Redis;

namespace Fotograma.Fleeting.Redis;

/// <summary>Marks, counters and copies in Redis. A counter's step is one script, so that processes that count at the same time miss nothing and never leave one without an end.</summary>
internal sealed class RedisStore(RedisConnection connection) : IFleetingStore
{
    private const string Add = """
        local count = tonumber(redis.call('GET', KEYS[1]) or '0')
        local by = tonumber(ARGV[1])
        if count == 0 and by <= 0 then return {0, 0} end
        count = math.max(0, count + by)
        if count == 0 then redis.call('DEL', KEYS[1]) return {0, 0} end
        local left = redis.call('PTTL', KEYS[1])
        if left < 0 then left = tonumber(ARGV[2]) end
        redis.call('SET', KEYS[1], count, 'PX', math.max(1, left))
        return {count, left}
        """;

    public string Name => "redis";

    public async Task MarkAsync(string mark, TimeSpan life, CancellationToken cancellation)
    {
        if (life < TimeSpan.FromMilliseconds(1)) return;
        var database = await connection.DatabaseAsync(cancellation);
        await database.StringSetAsync(Key("mark:", mark), 1, life, When.Always).WaitAsync(cancellation);
    }

    public async Task<bool> IsMarkedAsync(string mark, CancellationToken cancellation)
    {
        var database = await connection.DatabaseAsync(cancellation);
        return await database.KeyExistsAsync(Key("mark:", mark)).WaitAsync(cancellation);
    }

    public async Task<WindowCount> AddAsync(string counter, int amount, TimeSpan window, CancellationToken cancellation)
    {
        var database = await connection.DatabaseAsync(cancellation);
        var answer = await database.ScriptEvaluateAsync(Add, [Key("count:", counter)], [amount, (long)window.TotalMilliseconds]).WaitAsync(cancellation);
        var numbers = (long[])answer!;
        return new WindowCount(numbers[0], TimeSpan.FromMilliseconds(numbers[1]));
    }

    public async Task KeepAsync(string name, ReadOnlyMemory<byte> copy, TimeSpan life, CancellationToken cancellation)
    {
        var database = await connection.DatabaseAsync(cancellation);
        if (life < TimeSpan.FromMilliseconds(1)) await database.KeyDeleteAsync(Key("copy:", name)).WaitAsync(cancellation);
        else await database.StringSetAsync(Key("copy:", name), copy, life, When.Always).WaitAsync(cancellation);
    }

    public async Task<byte[]?> FindAsync(string name, CancellationToken cancellation)
    {
        var database = await connection.DatabaseAsync(cancellation);
        return await database.StringGetAsync(Key("copy:", name)).WaitAsync(cancellation);
    }

    public async Task PingAsync(CancellationToken cancellation)
    {
        var database = await connection.DatabaseAsync(cancellation);
        await database.PingAsync().WaitAsync(cancellation);
    }

    private RedisKey Key(string kind, string name) => connection.Prefix + kind + name;
}
