namespace Spate.Storage.Tests.Validation;

/// <summary>A test that reads the batches which Apache Kafka wrote, and says that it was skipped where they are not at hand.</summary>
public sealed class KafkaBatchesFactAttribute : FactAttribute
{
    public KafkaBatchesFactAttribute()
    {
        if (KafkaBatches.Path is null)
        {
            Skip = "Skipped: ../shared/vectors/record-batches.jsonl is not beside this repository.";
        }
    }
}
