using Fotograma.Blobs;
using Fotograma.Fleeting;
using Fotograma.Fleeting.Store;
using Fotograma.Jobs;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Manifest;
using Fotograma.Video.Downloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Video.Tests.Downloads;

/// <summary>Where images lie is read some records at a time, and kept.</summary>
public sealed class FrameTableTests : IDisposable
{
    private const string Prefix = "jobs/0190a5c8-0000-7000-8000-000000000000/1/";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-frames-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public async Task Every_image_is_found_by_its_number(int index)
    {
        using var host = await HostAsync(frames: 600);
        (await Table(host).FindAsync(Prefix, index, Cancellation))!.Records.Single().Index.ShouldBe(index);
    }

    [Fact]
    public async Task There_is_no_image_beyond_the_last_and_none_of_a_result_that_is_not_there()
    {
        using var host = await HostAsync(frames: 600);
        (await Table(host).FindAsync(Prefix, 601, Cancellation)).ShouldBeNull();
        (await Table(host).FindAsync("jobs/0190a5c8-0000-7000-8000-000000000000/2/", 1, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_read_once_is_not_read_again()
    {
        using var host = await HostAsync(frames: 600);
        await Table(host).FindAsync(Prefix, 300, Cancellation);
        await Bucket(host).DeleteAsync(BlobKeys.Index(Prefix), Cancellation);
        (await Table(host).FindAsync(Prefix, 512, Cancellation))!.Records.Single().Index.ShouldBe(512);
        (await Table(host).FindAsync(Prefix, 513, Cancellation)).ShouldBeNull("Its part of the table had not been read.");
    }

    [Fact]
    public async Task Nothing_is_kept_where_that_is_turned_off()
    {
        using var host = await HostAsync(frames: 3, copySeconds: 0);
        (await Table(host).FindAsync(Prefix, 1, Cancellation)).ShouldNotBeNull();
        await Bucket(host).DeleteAsync(BlobKeys.Index(Prefix), Cancellation);
        (await Table(host).FindAsync(Prefix, 1, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_copy_that_somebody_spoilt_is_passed_over()
    {
        using var host = await HostAsync(frames: 3);
        await host.Services.GetRequiredService<FleetingMemory>().CopyAsync($"frames:{Prefix}0", _ => Task.FromResult<byte[]?>([1, 2, 3]), Cancellation);
        (await Table(host).FindAsync(Prefix, 2, Cancellation))!.Records.Single().Index.ShouldBe(2);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static FrameTable Table(IHost host) => new(Bucket(host), host.Services.GetRequiredService<FleetingMemory>());

    private static Bucket Bucket(IHost host) => host.Services.GetRequiredService<Bucket>();

    private async Task<IHost> HostAsync(int frames, int copySeconds = 600)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Blobs:Folder"] = folder.FullName;
        builder.Configuration["Blobs:FreeBytesMin"] = "0";
        builder.Configuration["Fleeting:CopySeconds"] = $"{copySeconds}";
        builder.AddBlobs();
        builder.AddFleeting();
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        var host = builder.Build();
        await using var writer = await Bucket(host).CreateAsync(BlobKeys.Index(Prefix), Cancellation);
        await writer.WriteAsync(TableOf(frames), Cancellation);
        await writer.CommitAsync(Cancellation);
        return host;
    }

    // A table of version 1, whose head is short.
    private static byte[] TableOf(int frames)
    {
        const int HeadBytes = 16;
        const int RecordBytes = 104;
        var table = new byte[HeadBytes + frames * RecordBytes];
        "FGFI"u8.CopyTo(table);
        (table[4], table[5], table[6]) = (1, 1, RecordBytes);
        BitConverter.TryWriteBytes(table.AsSpan(8), frames);
        var record = new byte[FrameIndexRecord.Bytes];
        for (var place = 0; place < frames; place++)
        {
            new FrameIndexRecord(place + 1, 64, 48, true, place, 1, 1, 30, place, 0, 10, 0, 10, default).Write(record);
            record.AsSpan(0, RecordBytes).CopyTo(table.AsSpan(HeadBytes + place * RecordBytes));
        }
        return table;
    }
}
