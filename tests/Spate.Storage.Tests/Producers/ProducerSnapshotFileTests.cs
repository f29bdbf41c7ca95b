using FsCheck;
using FsCheck.Fluent;
using Spate.Storage.Producers;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Producers;

public sealed class ProducerSnapshotFileTests
{
    [Fact]
    public void Write_OneProducer_WritesKafkasBytes()
    {
        ProducerSnapshotEntry entry = new(
            ProducerId: 4000, Epoch: 2, LastSequence: 9, LastOffset: 1234, OffsetDelta: 4, Timestamp: 1_600_000_000_000, CoordinatorEpoch: 7,
            CurrentTransactionFirstOffset: -1);

        var bytes = Convert.ToHexString(ProducerSnapshotFile.Write([entry]));

        Assert.Equal("0001", bytes[..4]);
        Assert.Equal(
            "00000001" + "0000000000000FA0" + "0002" + "00000009" + "00000000000004D2" + "00000004" + "00000174876E8000"
                + "00000007" + "FFFFFFFFFFFFFFFF",
            bytes[12..]);
    }

    [Fact]
    public void Write_NoProducers_HasTheChecksumOfFourZeros()
    {
        // The CRC-32C of four zero bytes is 48674bc7.
        Assert.Equal("0001" + "48674BC7" + "00000000", Convert.ToHexString(ProducerSnapshotFile.Write([])));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var number = ArbMap.Default.GeneratorFor<long>();
        var entry = from producerId in number.Select(value => value & long.MaxValue)
                    from numbers in Gen.Four(number)
                    from small in Gen.Three(ArbMap.Default.GeneratorFor<int>())
                    select new ProducerSnapshotEntry(
                        producerId, (short)small.Item1, small.Item2, numbers.Item1, small.Item3 & int.MaxValue, numbers.Item2, small.Item2, numbers.Item3);
        var property = Prop.ForAll(Gen.ListOf(entry).ToArbitrary(), list =>
        {
            var entries = list
                .DistinctBy(each => each.ProducerId)
                .DistinctBy(each => each.CurrentTransactionFirstOffset)
                .ToArray();
            return ProducerSnapshotFile.TryRead(ProducerSnapshotFile.Write(entries), out var read, out _) && read.SequenceEqual(entries);
        });

        Check.One(Config.QuickThrowOnFailure.WithReplay(1601, 1603), property);
    }

    [Fact]
    public void Every_single_damaged_byte_and_every_cut_is_noticed()
    {
        var bytes = ProducerSnapshotFile.Write([new(1, 0, 5, 10, 0, 100, 0, -1), new(2, 3, 6, 11, 1, 101, 1, 8)]);
        for (var at = 0; at < bytes.Length; at++)
        {
            Assert.False(ProducerSnapshotFile.TryRead(bytes.AsSpan(0, at), out _, out var cut));
            Assert.NotEmpty(cut);
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x10;
            Assert.False(ProducerSnapshotFile.TryRead(damaged, out _, out _));
        }

        Assert.False(ProducerSnapshotFile.TryRead([.. bytes, 0], out _, out _));
    }

    [Fact]
    public void Bytes_of_any_kind_are_read_or_refused_in_a_sentence()
    {
        Rounds.ForEachSeed(2000, random =>
        {
            var bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length > 1 && random.Next(2) == 0)
            {
                (bytes[0], bytes[1]) = (0, 1);
            }

            Assert.Equal(ProducerSnapshotFile.TryRead(bytes, out var entries, out var fault), fault is null);
            Assert.Equal(entries is null, fault is not null);
        });
    }

    public static TheoryData<string, ProducerSnapshotEntry[]> Impossible => new()
    {
        { "producer id 1 ", [Entry(1), Entry(2), Entry(1)] },
        { "producer id -1 ", [Entry(-1)] },
        { "begin at offset 8", [Entry(1) with { CurrentTransactionFirstOffset = 8 }, Entry(2) with { CurrentTransactionFirstOffset = 8 }] },
        { "ends before it begins", [Entry(1) with { OffsetDelta = -1 }] },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void TryRead_EntriesThatCannotBe_SaysWhy(string expected, ProducerSnapshotEntry[] entries)
    {
        Assert.False(ProducerSnapshotFile.TryRead(ProducerSnapshotFile.Write(entries), out _, out var fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    private static ProducerSnapshotEntry Entry(long producerId) => new(producerId, 0, 5, 10, 0, 100, 0, -1);
}
