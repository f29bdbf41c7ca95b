namespace Spate.Storage.Tests.Crashes;

/// <summary>Says at which point of which scenario a crash was not survived.</summary>
public sealed class CrashSurvivalException(string message, Exception cause) : Exception(message, cause);
