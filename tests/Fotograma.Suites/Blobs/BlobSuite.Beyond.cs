using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fotograma.Blobs;

namespace Fotograma.Suites.Blobs;

/// <summary>Seeking, damage, signs of life, and what only some drivers can.</summary>
public abstract partial class BlobSuite
{
    private static readonly DownloadTerms Download = new("Ferienfilm \"ä\".zip", "application/zip", TimeSpan.FromMinutes(5));
    private static readonly UploadTerms Upload = new("video/mp4", TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Reader_can_seek()
    {
        var bytes = Bytes(300_000);
        await PutAsync("a", bytes);
        await using var reader = (await bucket.OpenAsync("a", Cancellation))!;
        reader.Content.CanSeek.ShouldBeTrue();
        reader.Content.Length.ShouldBe(bytes.Length);
        foreach (var offset in (int[])[250_000, 0, 100, 101, 299_999, 1000])
        {
            reader.Content.Position = offset;
            var piece = new byte[Math.Min(500, bytes.Length - offset)];
            await reader.Content.ReadExactlyAsync(piece, Cancellation);
            piece.ShouldBe(bytes[offset..(offset + piece.Length)]);
            reader.Content.Position.ShouldBe(offset + piece.Length);
        }
        reader.Content.Seek(0, SeekOrigin.End).ShouldBe(bytes.Length);
        (await reader.Content.ReadAsync(new byte[1], Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Ranges_of_a_large_blob_are_read_where_they_are()
    {
        var bytes = Bytes(peer.BytesUntilStored + 200_000);
        await PutAsync("a", bytes);
        foreach (var (offset, length) in ((int, int)[])[(0, 1), (Math.Max(10, peer.BytesUntilStored) - 10, 20), (bytes.Length - 5, 5), (1000, 70_000)])
            (await GetRangeAsync("a", offset, length)).ShouldBe(bytes[offset..(offset + length)]);
    }

    [Fact]
    public async Task Local_file_is_compared_with_the_hash_of_what_was_stored()
    {
        var bytes = Bytes(400_000);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await PutAsync("a/b", bytes);
        await using (var local = await bucket.OpenLocalAsync("a/b", hash, Cancellation))
            (await File.ReadAllBytesAsync(local.Path, Cancellation)).ShouldBe(bytes);
        await peer.SpoilAsync("a/b", Cancellation);
        var failure = await Should.ThrowAsync<BlobDamagedException>(() => bucket.OpenLocalAsync("a/b", hash, Cancellation));
        failure.Message.ShouldContain(hash);
    }

    [Fact]
    public async Task Opening_a_local_file_can_be_cancelled()
    {
        await PutAsync("a", Bytes(1000));
        await Should.ThrowAsync<OperationCanceledException>(() => bucket.OpenLocalAsync("a", new string('0', 64), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Store_gives_a_sign_of_life() => await bucket.PingAsync(Cancellation);

    [Fact]
    public async Task Many_blobs_of_a_prefix_are_listed_and_deleted()
    {
        const int blobs = 40;
        await Parallel.ForAsync(0, blobs, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation }, async (i, _) => await PutAsync($"many/{i:000}", Bytes(3)));
        (await KeysAsync("many/")).ShouldBe(Enumerable.Range(0, blobs).Select(i => $"many/{i:000}"));
        (await bucket.DeletePrefixAsync("many/", Cancellation)).ShouldBe(blobs);
        (await KeysAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Address_for_a_download_works_or_is_refused_by_name()
    {
        if (!driver.Capabilities.SignsDownloads)
        {
            (await Should.ThrowAsync<NotSupportedException>(() => bucket.SignDownloadAsync("a", Download, Cancellation))).Message.ShouldContain(driver.Capabilities.Name);
            return;
        }
        await PutAsync("a/b", Bytes(1000));
        var signed = await bucket.SignDownloadAsync("a/b", Download, Cancellation);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(signed.Address, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(Bytes(1000));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        answer.Content.Headers.ContentDisposition.FileNameStar.ShouldBe(Download.FileName);
        using var ranged = new HttpRequestMessage(HttpMethod.Get, signed.Address);
        ranged.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(10, 19);
        using var part = await http.SendAsync(ranged, Cancellation);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(Bytes(1000)[10..20]);
    }

    [Fact]
    public async Task Address_is_worth_nothing_when_it_is_changed()
    {
        if (!driver.Capabilities.SignsDownloads) return;
        await PutAsync("a", Bytes(10));
        await PutAsync("b", Bytes(10));
        var signed = await bucket.SignDownloadAsync("a", Download, Cancellation);
        using var http = new HttpClient();
        var other = new UriBuilder(signed.Address);
        other.Path = other.Path[..^1] + "b";
        (await http.GetAsync(other.Uri, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await http.DeleteAsync(signed.Address, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await KeysAsync()).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Address_for_an_upload_works_once_or_is_refused_by_name()
    {
        if (!driver.Capabilities.SignsUploads)
        {
            (await Should.ThrowAsync<NotSupportedException>(() => bucket.SignUploadAsync("a", Upload, Cancellation))).Message.ShouldContain(driver.Capabilities.Name);
            return;
        }
        var signed = await bucket.SignUploadAsync("direct/a", Upload, Cancellation);
        (await PutByAddressAsync(signed, Bytes(2000), withHeaders: true)).ShouldBe(HttpStatusCode.OK);
        (await GetAsync("direct/a")).ShouldBe(Bytes(2000));
        (await PutByAddressAsync(signed, Bytes(10), withHeaders: true)).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await PutByAddressAsync(signed, Bytes(10), withHeaders: false)).ShouldBe(HttpStatusCode.Forbidden);
        (await GetAsync("direct/a")).ShouldBe(Bytes(2000));
    }

    [Fact]
    public async Task What_a_killed_process_tried_with_whether_there_is_room_is_swept()
    {
        await PutAsync("room-probe", [1]);
        (await bucket.SweepAsync(Cancellation)).ShouldBe(1);
        (await KeysAsync()).ShouldBeEmpty();
        (await bucket.SweepAsync(Cancellation)).ShouldBe(0);
        await bucket.TryRoomAsync(Cancellation);
        (await KeysAsync()).ShouldBeEmpty("What was tried is gone again.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 * 24 * 60)]
    public async Task Address_lives_at_most_seven_days(int minutes)
    {
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => bucket.SignDownloadAsync("a", Download with { ValidFor = TimeSpan.FromMinutes(minutes) }, Cancellation));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => bucket.SignUploadAsync("a", Upload with { ValidFor = TimeSpan.FromMinutes(minutes) }, Cancellation));
    }

    private static async Task<HttpStatusCode> PutByAddressAsync(SignedAddress signed, byte[] bytes, bool withHeaders)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, signed.Address) { Content = new ByteArrayContent(bytes) };
        foreach (var (name, value) in signed.Headers.Where(header => withHeaders || !header.Key.StartsWith("If-", StringComparison.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await http.SendAsync(request, Cancellation);
        if (answer.StatusCode == HttpStatusCode.InternalServerError) Assert.Fail(Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Cancellation)));
        return answer.StatusCode;
    }
}
