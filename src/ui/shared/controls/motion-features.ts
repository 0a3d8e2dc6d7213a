// What framer-motion needs to animate what enters and leaves; loaded after the page.
import { domAnimation } from "framer-motion";

export default domAnimation;
