using System.Runtime.InteropServices;
using Fotograma.Media.Native;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Tests.Native;

public sealed unsafe class MemoryWatchTests
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    /// <summary>Behind the text lies memory that nobody may read: reading on would end this process.</summary>
    [Fact]
    public void A_short_text_is_not_read_beyond_its_end()
    {
        Libav.Load();
        var page = Environment.SystemPageSize;
        var table = SyscallTable.Own.ShouldNotBeNull();
        var room = SandboxCalls.Call(table[Syscall.MMap], 0, 2 * page, ReadWrite, PrivateAnonymous, -1, 0);
        room.ShouldBeGreaterThan(0);
        try
        {
            SandboxCalls.Call(table[Syscall.MProtect], room + page, page, 0).ShouldBe(0);
            foreach (var text in (string[])["", "g", "get_buffer()", "error"])
            {
                var start = (byte*)(room + page - text.Length - 1);
                for (var i = 0; i < text.Length; i++) start[i] = (byte)text[i];
                start[text.Length] = 0;

                MemoryWatch.See(start);
                MemoryWatch.StartsWith(start, "get_buffer() failed\n"u8).ShouldBeFalse();
            }
        }
        finally
        {
            SandboxCalls.Call(table[Syscall.MUnmap], room, 2 * page);
        }
    }

    [Fact]
    public void A_text_that_starts_like_it_or_is_it_is_known()
    {
        foreach (var text in (string[])["get_buffer() failed\n", "get_buffer() failed\n and more"])
        {
            var copy = Marshal.StringToCoTaskMemUTF8(text);
            MemoryWatch.StartsWith((byte*)copy, "get_buffer() failed\n"u8).ShouldBeTrue();
            Marshal.FreeCoTaskMem(copy);
        }
    }
}
