namespace Fotograma.Kernel.Errors;

/// <summary>
/// Every error Fotograma answers with. A code, once published, keeps its meaning. Reasons why a video could not be processed are a
/// list of their own: the <c>media.*</c> codes of the frame engine and the <c>job.*</c> codes here that a failed job may carry.
/// </summary>
public static class ErrorCatalogue
{
    /// <summary>The request has one or more faults; all are listed.</summary>
    public static readonly Error RequestInvalid = new("request.invalid", 400, "The request is not valid", "Correct the listed fields and send the request again.");

    /// <summary>The address does not exist.</summary>
    public static readonly Error RouteNotFound = new("request.route_not_found", 404, "There is nothing at this address", "Check the address against the API description.");

    /// <summary>The address exists, but not for this method.</summary>
    public static readonly Error MethodNotAllowed = new("request.method_not_allowed", 405, "This method is not allowed here", "Use one of the methods named in the Allow header.");

    /// <summary>The body has a content type that this address does not read.</summary>
    public static readonly Error MediaTypeUnsupported = new("request.media_type_unsupported", 415, "The content type is not supported", "Send the content type that the API description names.");

    /// <summary>The request's body is larger than this address reads.</summary>
    public static readonly Error BodyTooLarge = new("request.too_large", 413, "The request is too large", "Send a smaller body.");

    /// <summary>A condition of the request (If-Match and the like) does not hold.</summary>
    public static readonly Error PreconditionFailed = new("request.precondition_failed", 412, "A condition of the request does not hold",
        "Fetch the current state and try again.");

    /// <summary>Too many requests.</summary>
    public static readonly Error TooManyRequests = new("request.too_many", 429, "Too many requests", "Wait as long as Retry-After says and try again.");

    /// <summary>Something failed that should not have.</summary>
    public static readonly Error Internal = new("internal", 500, "Something went wrong on our side", "Try again; if it keeps failing, give the operator the traceId.");

    /// <summary>A part the request needs is not reachable at the moment.</summary>
    public static readonly Error Unavailable = new("unavailable", 503, "The service is not ready", "Try again in a moment.");

    /// <summary>The store of uploads and results does not answer.</summary>
    public static readonly Error StorageUnavailable = new("storage.unavailable", 503, "The storage does not answer", "Wait as long as Retry-After says and try again.");

    /// <summary>The database that the request needs does not answer, or takes nothing.</summary>
    public static readonly Error DatabaseUnavailable = new("database.unavailable", 503, "The database does not answer", "Wait as long as Retry-After says and try again.");

    /// <summary>The caller is not signed in, or the token is not valid any more.</summary>
    public static readonly Error AuthRequired = new("auth.required", 401, "Sign in first", "Sign in and send the access token, or use the session cookie.");

    /// <summary>The caller may not do this.</summary>
    public static readonly Error Forbidden = new("auth.forbidden", 403, "You may not do this", "Ask the operator for access.");

    /// <summary>A change by cookie lacked the header that only the application's own pages can send.</summary>
    public static readonly Error CrossSite = new("auth.csrf", 403, "The request did not come from the application",
        "Send the header X-Fotograma-Request with requests that use the session cookie.");

    /// <summary>User name, e-mail or password is wrong.</summary>
    public static readonly Error InvalidCredentials = new("auth.invalid_credentials", 401, "The sign-in data is wrong", "Check the user name or e-mail and the password.");

    /// <summary>Too many sign-ins failed for this account or from this address.</summary>
    public static readonly Error TooManySignIns = new("auth.too_many_attempts", 429, "Too many sign-ins failed", "Wait as long as Retry-After says and try again.");

    /// <summary>The e-mail address belongs to an account.</summary>
    public static readonly Error EmailTaken = new("auth.email_taken", 409, "This e-mail address has an account", "Sign in instead, or use another address.");

    /// <summary>The user name belongs to an account.</summary>
    public static readonly Error UsernameTaken = new("auth.username_taken", 409, "This user name is taken", "Choose another user name.");

    /// <summary>The file is larger than the server accepts.</summary>
    public static readonly Error UploadTooLarge = new("upload.too_large", 413, "The file is too large", "Send a smaller file, or ask the operator to raise the limit.");

    /// <summary>The file has no bytes.</summary>
    public static readonly Error UploadEmpty = new("upload.empty", 422, "The file is empty", "Check that the recording finished and send it again.");

    /// <summary>The bytes are not a video container.</summary>
    public static readonly Error UploadNotAVideo = new("upload.not_a_video", 415, "This is not a video file",
        "Send MP4, MOV, MKV, WebM, AVI, WMV, FLV, MPEG-TS, MPEG-PS, 3GP or OGG. The file's content counts, not its name.");

    /// <summary>The bytes are a container for sound.</summary>
    public static readonly Error UploadSoundOnly = new("upload.sound_only", 415, "This file has only sound", "Send a file with a video track.");

    /// <summary>The file is a playlist.</summary>
    public static readonly Error UploadPlaylist = new("upload.playlist", 415, "This file only points to other files", "Send the video itself instead of a playlist.");

    /// <summary>The multipart body has no file in the field <c>video</c>.</summary>
    public static readonly Error UploadMissingFile = new("upload.missing_file", 400, "No file was sent", "Send multipart/form-data with the file in the field 'video'.");

    /// <summary>The connection ended before the file was complete.</summary>
    public static readonly Error UploadInterrupted = new("upload.interrupted", 400, "The upload was interrupted", "Send the file again.");

    /// <summary>The server's disk is too full for the file.</summary>
    public static readonly Error UploadNoSpace = new("upload.no_space", 507, "The server has no room for this file", "Try again later, or ask the operator to make room.");

    /// <summary>No such video among the caller's.</summary>
    public static readonly Error VideoNotFound = new("video.not_found", 404, "This video does not exist", "Check the id; the video may have been deleted.");

    /// <summary>No such job among the caller's.</summary>
    public static readonly Error JobNotFound = new("job.not_found", 404, "This job does not exist", "Check the id; its video may have been deleted.");

    /// <summary>The job has no result yet.</summary>
    public static readonly Error JobNotReady = new("job.not_ready", 409, "The frames are not ready", "Wait until the job is completed and try again.");

    /// <summary>The job is already in a final state.</summary>
    public static readonly Error JobAlreadyFinal = new("job.already_final", 409, "The job has already ended", "There is nothing to cancel.");

    /// <summary>The video's job is still running.</summary>
    public static readonly Error JobNotFinal = new("job.not_final", 409, "The job is still running", "Wait for it to end or cancel it first.");

    /// <summary>No such frame in the job's result.</summary>
    public static readonly Error FrameNotFound = new("frame.not_found", 404, "This frame does not exist", "Choose an index between 1 and the number of frames.");

    /// <summary>The job made no such picture beside its frames.</summary>
    public static readonly Error ExtraNotFound = new("extra.not_found", 404, "This job did not make that",
        "Run the video again and ask for it in the option extras: poster, storyboard or sheet.");

    /// <summary>A failed job's reason: every attempt ended without a result.</summary>
    public static readonly Error AttemptsExhausted = new("job.attempts_exhausted", 500, "Every attempt failed",
        "Processing was tried several times and never finished. Run it again; if it fails again, export the video anew.");

    /// <summary>A failed job's reason: the uploaded file is gone.</summary>
    public static readonly Error SourceMissing = new("job.source_missing", 500, "The uploaded file is missing", "Upload the video again.");

    /// <summary>A failed job's reason: the uploaded file is not what was uploaded any more.</summary>
    public static readonly Error SourceDamaged = new("job.source_damaged", 500, "The uploaded file was damaged in the storage", "Upload the video again.");

    /// <summary>A failed job's reason: the result could not be stored.</summary>
    public static readonly Error StorageFailed = new("job.storage_failed", 500, "The frames could not be stored",
        "The server's storage is full or not reachable. Run the job again later or tell the operator.");

    /// <summary>No such mail among the caller's.</summary>
    public static readonly Error MailNotFound = new("mail.not_found", 404, "This mail does not exist", "Check the id.");

    /// <summary>Every error, for the documentation and its test.</summary>
    public static IReadOnlyList<Error> All { get; } =
    [
        RequestInvalid, RouteNotFound, MethodNotAllowed, MediaTypeUnsupported, BodyTooLarge, PreconditionFailed, TooManyRequests, Internal, Unavailable, StorageUnavailable, DatabaseUnavailable, AuthRequired, Forbidden,
        CrossSite, InvalidCredentials, TooManySignIns, EmailTaken, UsernameTaken, UploadTooLarge, UploadEmpty, UploadNotAVideo, UploadSoundOnly, UploadPlaylist, UploadMissingFile,
        UploadInterrupted, UploadNoSpace, VideoNotFound, JobNotFound, JobNotReady, JobAlreadyFinal, JobNotFinal, FrameNotFound, ExtraNotFound,
        AttemptsExhausted, SourceMissing, SourceDamaged, StorageFailed, MailNotFound,
    ];
}
