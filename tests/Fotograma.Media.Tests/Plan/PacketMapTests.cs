using Fotograma.Media.Plan;

namespace Fotograma.Media.Tests.Plan;

public sealed class PacketMapTests
{
    [Fact]
    public void A_map_takes_no_more_packets_than_it_has_room_for_and_knows_where_the_video_ends_all_the_same()
    {
        const int More = 1000;
        var map = new PacketMap();
        for (var i = 0; i < PacketMap.PacketsMax + More; i++) map.Add(i * 2L, 2, i == 0 ? PacketTraits.Key : PacketTraits.None, i);
        map.Complete();

        map.Packets.ShouldBe(PacketMap.PacketsMax);
        map.Frames.ShouldBe(PacketMap.PacketsMax);
        map.Problem.ShouldNotBeNull();
        map.Extent.ShouldBe(new Extent(0, (PacketMap.PacketsMax + More) * 2L));
        (map.LastTime, map.LastDuration).ShouldBe(((PacketMap.PacketsMax + More - 1) * 2L, 2));
    }

    [Fact]
    public void A_map_with_room_for_all_packets_has_no_problem()
    {
        var map = new PacketMap();
        for (var i = 0; i < 100; i++) map.Add(i, 1, i == 0 ? PacketTraits.Key : PacketTraits.None, i);
        map.Complete();

        map.Problem.ShouldBeNull();
    }
}
