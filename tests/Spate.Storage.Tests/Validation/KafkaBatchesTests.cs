using System.Text.Json;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class KafkaBatchesTests
{
    private static readonly CompressionCodec?[] Targets = [null, .. Enum.GetValues<CompressionCodec>()];

    [KafkaBatchesFact]
    public void What_Kafka_wrote_is_taken_in_every_codec_of_the_topic()
    {
        var taken = 0;
        foreach (var vector in KafkaBatches.Read().Where(vector => !IsControl(vector) && !HasLogAppendTime(vector)))
        {
            foreach (var target in Targets)
            {
                using var result = BatchValidator.Validate(ToProduced(vector), Request(AppendOrigin.Client, target));

                Batches.AssertHolds(KafkaBatches.RecordsOf(vector), result);
                Assert.Equal(vector.GetProperty("transactional").GetBoolean(), Assert.Single(Batches.FactsOf(result)).IsTransactional);
                Assert.Equal(vector.GetProperty("idempotent").GetBoolean(), Assert.Single(Batches.FactsOf(result)).HasProducerId);
                taken++;
            }
        }

        Assert.True(taken > 100, $"Only {taken} batches were found.");
    }

    [KafkaBatchesFact]
    public void What_Kafka_wrote_with_the_time_of_the_append_is_not_for_clients_to_send()
    {
        var vectors = KafkaBatches.Read().Where(vector => !IsControl(vector) && HasLogAppendTime(vector)).ToList();

        Assert.NotEmpty(vectors);
        Assert.All(vectors, vector =>
        {
            using var result = BatchValidator.Validate(ToProduced(vector), Request(AppendOrigin.Client, target: null));
            Assert.Equal(AppendError.InvalidTimestamp, result.Error);
        });
    }

    [KafkaBatchesFact]
    public void Markers_that_Kafka_wrote_are_for_coordinators_alone()
    {
        var vectors = KafkaBatches.Read().Where(IsControl).ToList();

        Assert.NotEmpty(vectors);
        Assert.All(vectors, vector =>
        {
            using var taken = BatchValidator.Validate(ToProduced(vector), Request(AppendOrigin.Coordinator, CompressionCodec.Zstd));
            using var refused = BatchValidator.Validate(ToProduced(vector), Request(AppendOrigin.Client, target: null));
            Assert.True(Assert.Single(Batches.FactsOf(taken)).IsControl);
            Assert.Equal(AppendError.InvalidRecord, refused.Error);
        });
    }

    private static ValidationRequest Request(AppendOrigin origin, CompressionCodec? target) =>
        ValidationRequests.FromClient(new ValidationRules { TargetCodec = target }) with { Origin = origin, AcceptsLegacyMagic = true };

    private static bool IsControl(JsonElement vector) => vector.TryGetProperty("control", out _);

    private static bool HasLogAppendTime(JsonElement vector) =>
        string.Equals(vector.GetProperty("timestampType").GetString(), "LogAppendTime", StringComparison.Ordinal);

    // Kafka wrote them as they stand in a log; a producer sends them from offset 0.
    private static byte[] ToProduced(JsonElement vector)
    {
        var bytes = Convert.FromHexString(vector.GetProperty("hex").GetString()!);
        if (bytes[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic)
        {
            RecordBatchPatch.SetBaseOffset(bytes, 0);
        }

        return bytes;
    }
}
