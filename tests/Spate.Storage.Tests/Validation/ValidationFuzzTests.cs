using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>
/// Bytes that no one meant. Nothing may throw, no verdict may cost memory out of proportion, and what is taken must read back. The checksum
/// is made good again in most rounds: it would hide everything behind it. SPATE_FUZZ_ROUNDS multiplies the rounds.
/// </summary>
public sealed class ValidationFuzzTests
{
    private const int Rounds = 4000;
    private const int DecompressedSizeMaximum = 64 * 1024;

    // Working memory for one verdict: decompressed bytes, as they grow, the batch written anew, and a failure's sentences.
    private const long AllocationMaximum = 4L << 20;

    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("SPATE_FUZZ_ROUNDS"), CultureInfo.InvariantCulture, out var factor)
            ? Math.Max(1, factor)
            : 1;

    [Fact]
    public void Random_bytes_are_refused_or_read_back()
    {
        ForEachRound(1, random =>
        {
            var bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            if (bytes.Length > RecordBatchLayout.Magic && random.Next(4) > 0)
            {
                bytes[RecordBatchLayout.Magic] = (byte)random.Next(3);
            }

            return bytes;
        });
    }

    [Fact]
    public void Mutated_batches_are_refused_or_read_back()
    {
        var seeds = Seeds();
        var taken = ForEachRound(2, random =>
        {
            var bytes = seeds[random.Next(seeds.Count)].ToArray();
            Mutate(bytes, random);
            Repair(bytes, random);
            return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
        });

        Assert.True(taken > Rounds / 100, $"Only {taken} mutated batches were taken: the mutations are too coarse to find anything.");
    }

    private static int ForEachRound(int seed, Func<Random, byte[]> make)
    {
        var taken = 0;
        for (var round = 0; round < Rounds * Factor; round++)
        {
            var random = new Random((seed * 1_000_003) + round);
            var bytes = make(random);
            var original = Convert.ToHexString(bytes);
            try
            {
                taken += Check(bytes, random) ? 1 : 0;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Failed with seed {seed} in round {round} on {original}.", failure);
            }
        }

        return taken;
    }

    private static bool Check(byte[] bytes, Random random)
    {
        var request = RandomRequest(random);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var result = BatchValidator.Validate(bytes, request);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated < AllocationMaximum, $"{allocated} bytes were allocated for {bytes.Length}.");
        if (!result.IsValid)
        {
            Assert.NotEqual(AppendError.None, result.Error);
            return false;
        }

        if (request.Origin is AppendOrigin.Client or AppendOrigin.Coordinator)
        {
            AssertReadsBack(result, request);
        }

        return true;
    }

    private static void AssertReadsBack(in ValidationResult result, in ValidationRequest request)
    {
        using var scratch = new PooledBuffer();
        var offset = request.NextOffset;
        foreach (var batch in result.Batches)
        {
            var bytes = result.Records.Span.Slice(batch.Position, batch.Size);
            var header = Batches.Header(bytes);
            Assert.Equal(RecordError.None, RecordBatch.Open(bytes, header, DecompressedSizeMaximum, scratch, out var records));
            var enumerator = new RecordEnumerator(records, header.RecordCount);
            while (enumerator.MoveNext())
            {
                Assert.Equal(offset++, header.BaseOffset + enumerator.OffsetDelta);
                Assert.True(header.TimestampOf(enumerator.TimestampDelta) <= header.MaxTimestamp || header.MaxTimestamp == -1);
            }

            Assert.Equal(RecordError.None, enumerator.Error);
        }

        Assert.Equal(offset - 1, result.Summary.LastOffset);
        Assert.Equal(request.NextOffset, result.Summary.FirstOffset);
    }

    private static ValidationRequest RandomRequest(Random random) => new()
    {
        Rules = new ValidationRules
        {
            DecompressedSizeMaximum = DecompressedSizeMaximum,
            IsCompacted = random.Next(4) == 0,
            TimestampType = (TimestampType)random.Next(2),
            TargetCodec = random.Next(3) == 0 ? (CompressionCodec)random.Next(5) : null,
            TimestampAfterMaximumMs = random.Next(4) == 0 ? 1000 : long.MaxValue,
        },
        NextOffset = random.Next(3) == 0 ? 0 : random.NextInt64(1L << 40),
        LeaderEpoch = random.Next(100),
        NowMs = ValidationRequests.NowMs,
        Origin = random.Next(5) switch
        {
            0 => AppendOrigin.Replication,
            1 => AppendOrigin.Coordinator,
            2 => AppendOrigin.RaftLeader,
            _ => AppendOrigin.Client,
        },
        AcceptsLegacyMagic = random.Next(2) == 0,
    };

    private static List<byte[]> Seeds()
    {
        var seeds = new List<byte[]>();
        foreach (var codec in Enum.GetValues<CompressionCodec>())
        {
            seeds.Add(Batches.Compressed(codec, 5));
            if (codec != CompressionCodec.Zstd)
            {
                seeds.Add(Batches.Legacy(0, codec, Batches.Records(5)));
                seeds.Add(Batches.Legacy(1, codec, Batches.Records(5)));
            }
        }

        seeds.Add(Batches.Of(
            new RecordBatchOptions { ProducerId = 5, ProducerEpoch = 1, BaseSequence = 3, IsTransactional = true }, Batches.Records(2)));
        seeds.Add(Batches.Concatenate(Batches.Plain(2), Batches.Compressed(CompressionCodec.Lz4, 2)));
        return seeds;
    }

    private static void Mutate(byte[] bytes, Random random)
    {
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            // Half of the changes go to the header and the start of the first record, where the decisions are.
            var position = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 80)) : random.Next(bytes.Length);
            bytes[position] = random.Next(3) switch
            {
                0 => (byte)(bytes[position] ^ (1 << random.Next(8))),
                1 => (byte)(bytes[position] + random.Next(-2, 3)),
                _ => (byte)random.Next(256),
            };
        }
    }

    private static void Repair(byte[] bytes, Random random)
    {
        if (random.Next(8) > 0 && RecordBatchEnumerator.Measure(bytes, out var size) == RecordError.None)
        {
            var entry = bytes.AsSpan(0, size);
            if (entry[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic)
            {
                RecordBatchPatch.RenewCrc(entry);
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(
                    entry[LegacyMessageLayout.Crc..], Crc32.HashToUInt32(entry[LegacyMessageLayout.Magic..]));
            }
        }
    }
}
