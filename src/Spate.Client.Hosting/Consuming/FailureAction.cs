namespace Spate.Client.Hosting.Consuming;

/// <summary>What becomes of a record whose handling failed.</summary>
public enum FailureAction
{
    /// <summary>
    /// The service ends with the failure, and the host by its <c>BackgroundServiceExceptionBehavior</c>: it stops, unless told otherwise. The record is not committed, and is handled again
    /// by whoever has its partition next.
    /// </summary>
    Stop,

    /// <summary>The record is handled again after <see cref="KafkaConsumerServiceOptions.RetryBackoff"/>; those behind it wait.</summary>
    Retry,

    /// <summary>The record counts as handled.</summary>
    Skip,
}
