using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Fotograma.Peers.Kafka;

/// <summary>One connection through a <see cref="KafkaFront"/>.</summary>
internal sealed class KafkaRelay(KafkaFront front, NetworkStream client, NetworkStream broker) : IDisposable
{
    private const short Metadata = 3, FindCoordinator = 10, ApiVersions = 18, CreateTopics = 19;

    // The newest whose texts are not compact.
    private const short CreateTopicsVersionMax = 4;
    private readonly ConcurrentDictionary<int, (short Kind, short Version)> open = new();
    private readonly SemaphoreSlim answering = new(1, 1);

    public void Dispose() => answering.Dispose();

    public async Task PassRequestsAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var frame = await KafkaFront.ReadAsync(client, cancellation);
            var fields = new KafkaFields(frame);
            var (kind, version, number) = (fields.Int16(), fields.Int16(), fields.Int32());
            fields.Text();
            front.Note(kind, version, new KafkaFields(frame, fields.At));
            if (kind == CreateTopics)
            {
                await AnswerAsync(await MakeAsync(number, fields), cancellation);
                continue;
            }
            open[number] = (kind, version);
            await WriteAsync(broker, frame, cancellation);
        }
    }

    public async Task PassAnswersAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var frame = await KafkaFront.ReadAsync(broker, cancellation);
            var fields = new KafkaFields(frame);
            if (open.TryRemove(fields.Int32(), out var request)) frame = Changed(frame, fields, request.Kind, request.Version);
            await AnswerAsync(frame, cancellation);
        }
    }

    private async Task AnswerAsync(byte[] frame, CancellationToken cancellation)
    {
        await answering.WaitAsync(cancellation);
        try
        {
            await WriteAsync(client, frame, cancellation);
        }
        finally
        {
            answering.Release();
        }
    }

    private byte[] Changed(byte[] frame, KafkaFields fields, short kind, short version)
    {
        switch (kind)
        {
            case Metadata:
                LeadHere(frame, fields, version);
                break;
            case FindCoordinator when version > 2:
                throw new NotSupportedException($"FindCoordinator {version} is not known here.");
            case FindCoordinator:
                if (version >= 1) fields.Int32();
                fields.Int16();
                if (version >= 1) fields.Text();
                fields.Int32();
                fields.Text();
                Lead(frame, fields);
                break;
            case ApiVersions:
                return Offering(frame, fields, version);
        }
        return frame;
    }

    private void LeadHere(byte[] frame, KafkaFields fields, short version)
    {
        fields.IsFlexible = version >= 9;
        fields.PassTags();
        if (version >= 3) fields.Int32();
        var controller = -1;
        for (var left = fields.Count(); left > 0; left--)
        {
            controller = fields.Int32();
            fields.Text();
            Lead(frame, fields);
            if (version >= 1) fields.Text();
            fields.PassTags();
        }
        if (version >= 2) fields.Text();
        // The mock brokers have none; whoever wants topics made asks the controller.
        if (version >= 1) BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(fields.At), controller);
    }

    // Hosts are all this machine; a port is as long as any other.
    private void Lead(byte[] frame, KafkaFields fields)
    {
        var place = fields.At;
        if (fields.Int32() is var port and not -1) BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(place), front.FrontOf(port));
    }

    // One more entry behind the others: the request's key, the oldest and the newest version.
    private static byte[] Offering(byte[] frame, KafkaFields fields, short version)
    {
        if (fields.Int16() != 0) return frame;
        fields.IsFlexible = version >= 3;
        var countAt = fields.At;
        var count = fields.Count();
        var first = fields.At;
        if (fields.IsFlexible && (first != countAt + 1 || count > 0x7d)) throw new NotSupportedException("So many kinds of requests are not known here.");
        byte[] entry = [0, (byte)CreateTopics, 0, 0, 0, (byte)CreateTopicsVersionMax, .. fields.IsFlexible ? new byte[] { 0 } : []];
        byte[] changed = [.. frame.AsSpan(0, first), .. entry, .. frame.AsSpan(first)];
        if (fields.IsFlexible) changed[countAt]++;
        else BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(countAt), count + 1);
        return changed;
    }

    private async Task<byte[]> MakeAsync(int number, KafkaFields fields)
    {
        using var answer = new MemoryStream();
        Write(answer, number);
        Write(answer, 0);
        var count = fields.Count();
        Write(answer, count);
        for (var left = count; left > 0; left--)
        {
            var topic = Topic(fields);
            var code = await front.MakeAsync(topic);
            var name = Encoding.UTF8.GetBytes(topic.Name);
            WriteShort(answer, (short)name.Length);
            answer.Write(name);
            WriteShort(answer, (short)code);
            WriteShort(answer, -1);
        }
        return answer.ToArray();
    }

    private static AskedTopic Topic(KafkaFields fields)
    {
        var (name, partitions, copies) = (fields.Text()!, fields.Int32(), fields.Int16());
        if (fields.Count() > 0) throw new NotSupportedException("Copies that are assigned to brokers by hand are not known here.");
        var settings = new Dictionary<string, string?>();
        for (var left = fields.Count(); left > 0; left--) settings[fields.Text()!] = fields.Text();
        return new AskedTopic(name, partitions, copies, settings);
    }

    private static async Task WriteAsync(NetworkStream stream, byte[] frame, CancellationToken cancellation)
    {
        var whole = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, frame.Length);
        frame.CopyTo(whole, 4);
        await stream.WriteAsync(whole, cancellation);
    }

    private static void Write(MemoryStream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void WriteShort(MemoryStream stream, short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        stream.Write(bytes);
    }
}
