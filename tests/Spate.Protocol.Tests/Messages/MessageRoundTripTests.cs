using FsCheck;
using FsCheck.Fluent;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>What is written reads back the same, in every version of every message.</summary>
public class MessageRoundTripTests
{
    private const int Seed = 20_261;
    private const int RoundsPerVersion = 8;

    [Fact]
    public void Every_message_in_every_version_reads_back_as_it_was_written()
    {
        foreach (var type in MessageType.All)
        {
            foreach (var version in type.Versions)
            {
                for (var round = 0; round < RoundsPerVersion; round++)
                {
                    var failure = RoundTrip(type, version, Seed + round);
                    Assert.True(failure is null, failure);
                }
            }
        }
    }

    [Fact]
    public void Any_message_in_any_version_from_any_seed_reads_back_as_it_was_written()
    {
        var property = Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            ArbMap.Default.ArbFor<PositiveInt>(),
            (seed, pick) =>
            {
                var type = MessageType.All[pick.Get % MessageType.All.Count];
                var version = type.Versions.ElementAt((seed & int.MaxValue) % type.Versions.Count());
                var failure = RoundTrip(type, version, seed);
                return (failure is null).Label(failure ?? "");
            });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithReplay(Seed, 1));
    }

    [Fact]
    public void A_message_that_is_read_into_again_keeps_nothing_of_what_it_held()
    {
        foreach (var type in MessageType.All)
        {
            foreach (var version in type.Versions)
            {
                var used = RandomMessage.Make(type, version, new Random(Seed));
                var next = RandomMessage.Make(type, version, new Random(Seed + 1));
                var reader = new MessageReader(MessageType.Encode(next, version));
                used.Read(ref reader, version);
                Assert.Null(MessageEquality.Difference(next, used, $"{type.Name} v{version}"));
            }
        }
    }

    [Fact]
    public void A_version_beyond_the_range_is_refused_by_reading_and_writing()
    {
        foreach (var type in MessageType.All)
        {
            foreach (var version in new[] { type.LowestVersion - 1, type.HighestVersion + 1 })
            {
                var message = type.Create();
                Assert.Throws<ArgumentOutOfRangeException>(() => MessageType.Encode(message, (short)version));
                Assert.Throws<ArgumentOutOfRangeException>(() => type.Decode(new byte[100], (short)version));
            }
        }
    }

    private static string? RoundTrip(MessageType type, short version, int seed)
    {
        var message = RandomMessage.Make(type, version, new Random(seed));
        var bytes = MessageType.Encode(message, version);
        var read = type.Decode(bytes, version);
        return MessageEquality.Difference(message, read, $"{type.Name} v{version} seed {seed}")
            ?? (MessageType.Encode(read, version).AsSpan().SequenceEqual(bytes) ? null : $"{type.Name} v{version} seed {seed}: other bytes");
    }
}
