using System.Diagnostics;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Fotograma.Media.Archive;

namespace Fotograma.Media.Tests.Archive;

public sealed class ZipWriterTests : IDisposable
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 4, 5, 6, 8, TimeSpan.Zero);
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".zip");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Entries_come_out_as_they_went_in_for_three_readers()
    {
        byte[] image = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];
        await using (var file = File.Create(path))
        {
            var zip = new ZipWriter(new ForwardOnly(file), Moment);
            await zip.AddStoredAsync("frames/frame_000001.png", image, Crc32.HashToUInt32(image), Cancellation);
            await zip.AddStoredAsync("frames/vazio_ação.png", ReadOnlyMemory<byte>.Empty, 0, Cancellation);
            await zip.AddDeflatedAsync("manifest.json", (stream, ct) => stream.WriteAsync(Encoding.UTF8.GetBytes(new string('x', 100_000)), ct).AsTask(), Cancellation);
            await zip.AddDeflatedAsync("empty.csv", (_, _) => Task.CompletedTask, Cancellation);
            await zip.FinishAsync(Cancellation);
            zip.Position.ShouldBe(file.Length);
        }

        using var archive = ZipFile.OpenRead(path);
        archive.Entries.Select(entry => entry.FullName).ShouldBe(["frames/frame_000001.png", "frames/vazio_ação.png", "manifest.json", "empty.csv"]);
        (await ContentAsync(archive.Entries[0])).ShouldBe(image);
        archive.Entries[0].CompressedLength.ShouldBe(5000);
        (await ContentAsync(archive.Entries[2])).Length.ShouldBe(100_000);
        archive.Entries[2].CompressedLength.ShouldBeLessThan(2000);
        archive.Entries[0].LastWriteTime.DateTime.ShouldBe(Moment.DateTime);
        (await RunAsync("unzip", "-tq", path)).ShouldContain("No errors detected");
        (await RunAsync("python3", "-c", "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()), z.namelist()[1])", path))
            .ShouldBe("None 4 frames/vazio_ação.png\n");
    }

    [Fact]
    public async Task The_reported_offset_is_where_the_bytes_of_the_entry_stand()
    {
        using var memory = new MemoryStream();
        var zip = new ZipWriter(memory, Moment);
        byte[] first = [1, 2, 3];
        byte[] second = [9, 8, 7, 6];
        await zip.AddStoredAsync("a", first, Crc32.HashToUInt32(first), Cancellation);

        var offset = await zip.AddStoredAsync("frames/b.png", second, Crc32.HashToUInt32(second), Cancellation);

        memory.ToArray().AsSpan((int)offset, 4).ToArray().ShouldBe(second);
        memory.Length.ShouldBe(offset + 4);
    }

    [Fact]
    public async Task Equal_entries_and_times_give_equal_archives()
    {
        (await SmallAsync(Moment)).ShouldBe(await SmallAsync(Moment));
        (await SmallAsync(Moment)).ShouldNotBe(await SmallAsync(Moment.AddSeconds(2)));
    }

    [Theory]
    [InlineData(1970)]
    [InlineData(2300)]
    public async Task A_time_that_zip_cannot_express_does_not_break_the_archive(int year)
    {
        using var archive = new ZipArchive(new MemoryStream(await SmallAsync(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero))));

        archive.Entries.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(65_534, false)]
    [InlineData(65_535, true)]
    [InlineData(70_000, true)]
    public async Task More_entries_than_the_old_format_counts_are_all_listed(int count, bool zip64)
    {
        await using (var file = File.Create(path))
        {
            var zip = new ZipWriter(file, Moment);
            for (var i = 0; i < count; i++) await zip.AddStoredAsync($"{i}", ReadOnlyMemory<byte>.Empty, 0, Cancellation);
            await zip.FinishAsync(Cancellation);
        }

        using (var archive = ZipFile.OpenRead(path)) archive.Entries.Count.ShouldBe(count);
        (await File.ReadAllBytesAsync(path, Cancellation)).AsSpan().IndexOf("PK\u0006\u0006"u8).ShouldBe(zip64 ? (int)new FileInfo(path).Length - 98 : -1);
        (await RunAsync("python3", "-c", "import sys,zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))", path)).ShouldBe($"{count}\n");
    }

    [Fact]
    public async Task An_entry_beyond_four_gigabytes_is_found_by_three_readers()
    {
        // 18 entries of 256 MiB of zeros in a file with holes: the disk holds only the headers.
        var zeros = new byte[256 << 20];
        var crc = Crc32.HashToUInt32(zeros);
        var text = Encoding.UTF8.GetBytes("after four gigabytes");
        long offset;
        await using (var file = new SparseFile(path))
        {
            var zip = new ZipWriter(file, Moment);
            for (var i = 0; i < 18; i++) await zip.AddStoredAsync($"zeros{i}", zeros, crc, Cancellation);
            offset = await zip.AddStoredAsync("last", text, Crc32.HashToUInt32(text), Cancellation);
            await zip.AddDeflatedAsync("manifest", (stream, ct) => stream.WriteAsync(text, ct).AsTask(), Cancellation);
            await zip.FinishAsync(Cancellation);
        }

        offset.ShouldBeGreaterThan(1L << 32);
        using (var archive = ZipFile.OpenRead(path))
        {
            (await ContentAsync(archive.GetEntry("last")!)).ShouldBe(text);
            (await ContentAsync(archive.GetEntry("manifest")!)).ShouldBe(text);
        }

        (await RunAsync("unzip", "-p", path, "last", "manifest")).ShouldBe("after four gigabytesafter four gigabytes");
        (await RunAsync("python3", "-c", "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(len(z.namelist()), z.read('last').decode())", path))
            .ShouldBe("20 after four gigabytes\n");
    }

    private static async Task<byte[]> SmallAsync(DateTimeOffset moment)
    {
        using var memory = new MemoryStream();
        var zip = new ZipWriter(memory, moment);
        await zip.AddStoredAsync("a", new byte[] { 1 }, Crc32.HashToUInt32([1]), Cancellation);
        await zip.FinishAsync(Cancellation);
        return memory.ToArray();
    }

    private static async Task<byte[]> ContentAsync(ZipArchiveEntry entry)
    {
        using var memory = new MemoryStream();
        await using var stream = await entry.OpenAsync(Cancellation);
        await stream.CopyToAsync(memory, Cancellation);
        return memory.ToArray();
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        process.ExitCode.ShouldBe(0, output);
        return output;
    }

    /// <summary>A stream that, like a socket, can only be written to.</summary>
    private sealed class ForwardOnly(Stream inner) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);
    }

    /// <summary>A file that seeks over large writes of zeros instead of storing them.</summary>
    private sealed class SparseFile(string path) : WriteOnlyStream
    {
        private readonly FileStream file = File.Create(path);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length > 1 << 20) file.Seek(buffer.Length, SeekOrigin.Current);
            else file.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }

    private abstract class WriteOnlyStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
