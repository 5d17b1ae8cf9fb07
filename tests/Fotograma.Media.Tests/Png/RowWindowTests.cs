using Fotograma.Media.Png;

namespace Fotograma.Media.Tests.Png;

public sealed class RowWindowTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 33)]
    [InlineData(640, 362)]
    [InlineData(1920, 270)]
    [InlineData(20_000, 70)]
    public void Picture_made_row_by_row_becomes_the_file_of_the_whole(int width, int height)
    {
        foreach (var kind in Pictures.Kinds)
        {
            using var whole = new PngEncoder();
            using var byRows = new PngEncoder();
            var picture = Pictures.Make(kind, width, height, width * 3, 3, seed: height);

            byRows.Encode(new CopiedRows(picture, width * 3, height), width).Span.SequenceEqual(whole.Encode(picture, width, height, width * 3).Span).ShouldBeTrue(kind);
        }
    }

    [Fact]
    public void Rows_that_were_asked_for_are_there_in_any_order()
    {
        const int RowBytes = 7, Height = 203;
        var picture = Pictures.Make("noise", RowBytes, Height, RowBytes, 1, seed: 1);
        var rows = new CopiedRows(picture, RowBytes, Height);
        var random = new Random(3);
        for (var round = 0; round < 2000; round++)
        {
            var first = random.Next(Height);
            var last = random.Next(first, Math.Min(Height, first + 60)) + 1;
            rows.Show(first, last);
            for (var y = first; y < last; y++) rows.Row(y).ToArray().ShouldBe(picture[(y * RowBytes)..((y + 1) * RowBytes)]);
        }
    }

    [Fact]
    public void Picture_of_1080_rows_is_never_whole_in_memory()
    {
        var rows = new CopiedRows(Pictures.Make("smooth", 1920, 1080, 5760, 3, seed: 5), 5760, 1080);
        using var encoder = new PngEncoder();
        encoder.Encode(rows, 1920);
        rows.Room.ShouldBeLessThan(100);
    }

    /// <summary>Copies from a picture that is there.</summary>
    private sealed class CopiedRows : RowWindow
    {
        private readonly byte[] picture;
        private readonly int rowBytes;
        private byte[] held = [];

        public CopiedRows(byte[] picture, int rowBytes, int height)
        {
            (this.picture, this.rowBytes) = (picture, rowBytes);
            Begin(height);
        }

        public int Room => held.Length / rowBytes;

        protected override Span<byte> Held(int place) => held.AsSpan(place * rowBytes, rowBytes);

        protected override void MakeRoom(int rows) => Array.Resize(ref held, Math.Max(held.Length, rows * rowBytes));

        protected override void Make(int first, int end, int place)
        {
            (first % StepRows).ShouldBe(0);
            for (var y = first; y < end; y++) picture.AsSpan(y * rowBytes, rowBytes).CopyTo(Held(place + y - first));
        }
    }
}
