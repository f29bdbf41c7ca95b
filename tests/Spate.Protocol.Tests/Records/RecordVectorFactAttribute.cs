namespace Spate.Protocol.Tests.Records;

/// <summary>A test that reads the batches which Apache Kafka wrote, and says that it was skipped where they are not at hand.</summary>
public sealed class RecordVectorFactAttribute : FactAttribute
{
    public RecordVectorFactAttribute()
    {
        if (RecordVectors.Path is null)
        {
            Skip = "Skipped: ../shared/vectors/record-batches.jsonl is not beside this repository.";
        }
    }
}
